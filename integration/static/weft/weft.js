// What pages gain where scripts run: shortcuts, single sending, polls that rest.
// Every page works without this file.
(() => {
  const body = document.body;
  const typing = (target) =>
    target.closest("input, textarea, select, [contenteditable], dialog");

  // --- Forms are sent once ------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // After the browser has gathered the form's fields.
    setTimeout(() => {
      form.querySelectorAll("button").forEach((each) => { each.disabled = true; });
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach((each) => { each.disabled = false; });
    });
  });

  // --- A choice that needs no second click ---------------------------------------
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-choose-all]")) chooseAll(event.target);
    countChosen();
  });
  const chooseAll = (box) => {
    const table = box.closest("form");
    table.querySelectorAll("[data-choose]").forEach((each) => {
      each.checked = box.checked;
    });
  };
  const countChosen = () => {
    document.querySelectorAll("[data-chosen]").forEach((place) => {
      const form = place.closest("form");
      place.textContent = form.querySelectorAll("[data-choose]:checked").length;
    });
  };

  // --- Copying what is shown once -------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.querySelector(button.dataset.copy).textContent.trim();
    navigator.clipboard.writeText(text).then(() => {
      button.textContent = button.dataset.copied;
    });
  });

  // --- Polls rest while nobody looks ----------------------------------------------
  document.addEventListener("htmx:beforeRequest", (event) => {
    const trigger = event.target.getAttribute("hx-trigger") || "";
    if (trigger.includes("every") && document.hidden) event.preventDefault();
  });

  // --- Keys -------------------------------------------------------------------------
  const help = document.getElementById("keys-help");
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) help.showModal();
  });
  if (!body.hasAttribute("data-keys")) return;
  let going = false;
  const lines = () => [...document.querySelectorAll("[data-line]")];
  const step = (by) => {
    const all = lines();
    const at = all.findIndex((line) => line.contains(document.activeElement));
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.querySelector("a, button, input")?.focus();
  };
  const keys = {
    // What was searched before is typed over.
    "/": () => {
      const box = document.querySelector("[data-search]");
      box?.focus();
      box?.select();
    },
    "?": () => help.showModal(),
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const line = document.activeElement.closest("[data-line]");
      line?.querySelector("[data-choose]")?.click();
    },
    s: () => document.querySelector("[data-key='s']")?.click(),
    r: () => document.querySelector("[data-key='r']")?.click(),
    g: () => {
      going = true;
      setTimeout(() => { going = false; }, 1500);
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (going) {
      going = false;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    const deed = keys[event.key];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });
})();
