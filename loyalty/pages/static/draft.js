// The form of a place: what is asked depends on what is chosen, and a condition is checked while it is typed.
"use strict";
{
  const form = document.getElementById("place");
  const parts = [...form.querySelectorAll("[data-of]")];
  const chosen = (name) => {
    const named = [...form.elements].find((one) => one.name === name && !one.closest("fieldset:disabled"));
    if (!named) return null;
    return (named.type === "checkbox" ? named.checked && named.value : named.value) || "-";
  };
  const fit = () => {
    for (const part of parts) { // from the outside in: what is within a part that is left out counts for nothing
      const value = chosen(part.dataset.of);
      const shown = value !== null && part.dataset.for.split(" ").includes(value);
      [part.hidden, part.disabled] = [!shown, !shown];
    }
  };
  form.addEventListener("change", (event) => {
    fit();
    if (event.target.name === "on") for (const text of form.querySelectorAll("[data-check]")) text.dispatchEvent(new Event("check"));
  });
  form.addEventListener("input", ({ target }) => { // what was wrong when it was saved is checked anew
    if (!target.dataset.check) return;
    target.removeAttribute("aria-invalid");
    document.getElementById(`${target.id}-fault`)?.setAttribute("hidden", "");
  });
  fit();
}
