// Passkeys: the browser is asked for one by what the server says, and its answer is sent back.
"use strict";
for (const part of document.querySelectorAll("[data-passkey]")) {
  const { passkey: kind, options, answer, token, fault } = part.dataset;
  const [button, told] = [part.querySelector("button"), part.querySelector("[role=alert]")];
  const knows = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
  part.hidden = !knows;
  const post = async (address, body) => {
    const heard = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
    });
    if (heard.redirected) location.assign(heard.url); // who we are is asked again first
    return heard.redirected ? new Promise(() => {}) : heard.json();
  };
  const ask = async () => {
    const wanted = await post(options, {});
    const publicKey = kind === "create"
      ? PublicKeyCredential.parseCreationOptionsFromJSON(wanted)
      : PublicKeyCredential.parseRequestOptionsFromJSON(wanted);
    const found = await navigator.credentials[kind]({ publicKey });
    return post(answer, found.toJSON());
  };
  button?.addEventListener("click", async () => {
    told.hidden = button.disabled = true;
    const said = await ask().catch(() => ({ fault }));
    if (said.to) return location.assign(said.to);
    [told.textContent, told.hidden, button.disabled] = [said.fault, false, false];
  });
}
