// A long list of boxes to tick, narrowed by what is typed above it. Without it the whole list is there.
"use strict";

(() => {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const narrow = (choices, search, none) => {
    const words = plain(search.value.trim());
    let shown = 0;
    for (const label of choices.querySelectorAll("label:has([type=checkbox])")) {
      const ticked = label.control.checked;
      const wanted = words ? plain(label.textContent).includes(words) : ticked;
      const row = label.closest(".boxes > div > div") ?? label;
      row.hidden = !wanted;
      shown += wanted;
    }
    choices.querySelector(".boxes > div").hidden = shown === 0;
    none.hidden = shown > 0;
    none.textContent = words ? choices.dataset.none : choices.dataset.hint;
  };

  // Enter ticks what is found when it is one alone, and makes room for the next word.
  const tick = (choices, search) => {
    const found = [...choices.querySelectorAll("[type=checkbox]")].filter((box) => box.checkVisibility());
    if (!search.value.trim() || found.length !== 1) return;
    found[0].checked = !found[0].checked;
    search.value = "";
  };

  for (const choices of document.querySelectorAll("[data-choices]")) {
    const boxes = choices.querySelector(".boxes");
    const search = document.createElement("input");
    const none = document.createElement("p");
    search.type = "search";
    search.autocomplete = "off";
    search.placeholder = choices.dataset.label;
    search.ariaLabel = choices.dataset.label;
    none.className = "help";
    none.role = "status";
    boxes.before(search);
    boxes.append(none);
    const show = () => narrow(choices, search, none);
    search.addEventListener("input", show);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      tick(choices, search);
      show();
    });
    show();
  }
})();
