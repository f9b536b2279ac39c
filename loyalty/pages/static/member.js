// The pass: a fresh code before the one that is shown is over, for as long as somebody looks at it.
// Without signal the plain card number stays, and the code comes back by itself.
(() => {
  "use strict";
  const pass = document.querySelector(".pass");
  const turn = () => document.getElementById("code");
  if (!pass || !turn()) return;

  const EARLY = 10; // seconds before the end of a code
  const AGAIN = 5; // seconds between two tries without signal
  const PATIENCE = 8000; // milliseconds
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const offline = document.getElementById("offline");
  const plain = pass.querySelector(".pass-plain");
  let ends = 0, asking = false, wanted = null, tryAt = 0, isIdle = false, clock = null;

  const now = () => performance.now() / 1000;

  function signal(there) {
    pass.dataset.signal = there ? "good" : "none";
    offline.hidden = there;
    if (plain) plain.open = !there;
  }

  function begin() {
    const left = Number(turn().dataset.left || 0);
    isIdle = left === 0; // nothing to show: only a press asks again
    ends = now() + left;
    draw(left);
  }

  async function fetchCode(address) {
    if (asking) return void (wanted = address || wanted); // a press is heard once the answer is here
    asking = true;
    const form = turn();
    form.setAttribute("aria-busy", "true");
    const gaveUp = new AbortController();
    const patience = setTimeout(() => gaveUp.abort(), PATIENCE);
    try {
      const answer = await fetch(address || form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Part": "code" },
        signal: gaveUp.signal,
      });
      const text = await answer.text();
      if (answer.redirected || answer.status === 400) return void location.reload();
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      const fresh = document.createElement("template");
      fresh.innerHTML = text;
      const had = form.contains(document.activeElement);
      form.replaceWith(fresh.content);
      if (had) turn().querySelector(".switch [aria-current]").focus();
      signal(true);
      begin();
    } catch {
      signal(false);
      tryAt = now() + AGAIN;
    } finally {
      clearTimeout(patience);
      turn().removeAttribute("aria-busy");
      asking = false;
      const next = wanted;
      wanted = null;
      if (next) fetchCode(next);
    }
  }

  function draw(left) {
    const ring = turn().querySelector(".ring");
    if (!ring || (calm.matches && left % 10)) return;
    ring.querySelector("span").textContent = String(left);
    if (!calm.matches) ring.querySelector(".ring-left").setAttribute("stroke-dashoffset", String(60 - left));
  }

  function tick() {
    const left = Math.max(Math.round(ends - now()), 0);
    if (pass.dataset.signal === "none") {
      if (now() >= tryAt) fetchCode();
    } else if (!isIdle) {
      draw(left);
      if (left <= EARLY) fetchCode();
    }
  }

  function look() {
    clearInterval(clock);
    if (document.hidden) return;
    tick();
    clock = setInterval(tick, 1000);
  }

  pass.addEventListener("click", (press) => {
    const link = press.target.closest("a[data-turn]");
    if (!link) return;
    press.preventDefault();
    fetchCode(link.dataset.turn);
  });
  pass.addEventListener("submit", (press) => {
    press.preventDefault();
    fetchCode();
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", () => fetchCode());
  window.addEventListener("offline", () => { signal(false); tryAt = now() + AGAIN; });

  if (turn().dataset.left) signal(true);
  begin();
  if (turn().querySelector("button")) fetchCode();
  look();
})();
