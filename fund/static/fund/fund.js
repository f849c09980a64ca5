// Everything here is a convenience: the pages work without it, but for adding lines to a form.
"use strict";

(() => {
  // --- Tables: one that fits needs no scrolling region, and its header may stick to the page ---------------

  const measure = (region) => {
    region.classList.remove("fits", "wide");
    const fits = region.scrollWidth <= region.clientWidth;
    region.classList.add(fits ? "fits" : "wide");
    if (fits) region.removeAttribute("tabindex");
    else region.tabIndex = 0;
  };
  // In the next frame: what is measured here may change the height of what is observed.
  const fit = new ResizeObserver((entries) => requestAnimationFrame(() => entries.forEach(({ target }) => measure(target))));
  for (const region of document.querySelectorAll(".scroll")) fit.observe(region);

  // --- Navigation: the page that is open is seen in it ---------------------------------------------------------

  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest" });

  // --- Forms: sent once ---------------------------------------------------------------------------------------

  const release = (button) => {
    button.removeAttribute("aria-disabled");
    if (button.dataset.label) button.textContent = button.dataset.label;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "download" in form.dataset) return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    const button = event.submitter;
    if (!button) return;
    button.dataset.label = button.textContent;
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy || document.body.dataset.busy;
  });

  // A page that comes back out of the browser's memory takes its forms again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    document.querySelectorAll("button[aria-disabled]").forEach(release);
  });

  // --- Lines of a document ------------------------------------------------------------------------------------

  const AMOUNT = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,6}))?$/;

  // An amount as an integer of millionths with its decimals; null when it is not one. Never a binary fraction.
  const parse = (text) => {
    const match = AMOUNT.exec(text.trim());
    if (!match) return null;
    const [, sign, whole, decimals = ""] = match;
    return { value: BigInt(sign + whole.replaceAll(",", "") + decimals.padEnd(6, "0")), places: decimals.length };
  };

  const format = (value, places) => {
    const text = (value < 0n ? -value : value).toString().padStart(7, "0");
    const whole = text.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ",");
    return (value < 0n ? "\u2212" : "") + whole + (places ? `.${text.slice(-6, -6 + places || undefined)}` : "");
  };

  const addUp = (lines) => {
    const sum = { value: 0n, places: 0 };
    for (const row of lines.querySelectorAll("tbody tr")) {
      const input = row.querySelector(`[name$="-${lines.dataset.total}"], [name$="-${lines.dataset.total}_0"]`);
      if (!input?.value.trim() || row.querySelector('[name$="-DELETE"]:checked')) continue;
      const amount = parse(input.value);
      if (!amount) return null;
      sum.value += amount.value;
      sum.places = Math.max(sum.places, amount.places);
    }
    return sum;
  };

  // What debits and credits of each sub-fund differ by, as they are carried.
  const balanceFunds = (lines) => {
    const funds = new Map();
    for (const row of lines.querySelectorAll("tbody tr")) {
      const find = (name) => row.querySelector(`[name$="-${name}"]`);
      const [fund, debit, credit] = ["fund", "debit", "credit"].map((name) => find(name)?.value.trim());
      if (!fund || !(debit || credit) || find("DELETE")?.checked) continue;
      const amount = parse((find("currency").value && find("functional").value) || debit || credit);
      if (!amount) return new Map();
      const sum = funds.get(fund) ?? { value: 0n, places: 0 };
      sum.value += debit ? amount.value : -amount.value;
      sum.places = Math.max(sum.places, amount.places);
      funds.set(fund, sum);
    }
    return funds;
  };

  const showBalances = (lines, output) => {
    const funds = [...balanceFunds(lines)];
    output.hidden = !funds.length;
    output.className = `running ${funds.every(([, sum]) => sum.value === 0n) ? "agrees" : "differs"}`;
    output.textContent = funds
      .map(([fund, { value, places }]) =>
        output.dataset[value === 0n ? "agrees" : value > 0n ? "over" : "left"]
          .replace("%f", fund)
          .replace("%d", format(value < 0n ? -value : value, places)),
      )
      .join(" · ");
  };

  const showTotal = (lines) => {
    const output = lines.querySelector("output");
    if (!output) return;
    if ("balances" in lines.dataset) return showBalances(lines, output);
    const sum = addUp(lines);
    const goal = parse(document.getElementById(lines.dataset.target)?.value ?? "");
    output.hidden = !sum;
    if (!sum) return;
    const left = goal ? goal.value - sum.value : 0n;
    const places = Math.max(sum.places, goal?.places ?? 0);
    const kind = !goal ? "sum" : left === 0n ? "agrees" : left > 0n ? "left" : "over";
    output.className = `running ${kind === "agrees" ? "agrees" : kind === "over" ? "differs" : ""}`;
    output.textContent = output.dataset[kind]
      .replace("%s", format(sum.value, places))
      .replace("%d", format(left < 0n ? -left : left, places));
  };

  const addLine = (lines) => {
    const count = lines.querySelector('[name$="-TOTAL_FORMS"]');
    const blank = document.createElement("template");
    blank.innerHTML = lines.querySelector("template").innerHTML.replaceAll("__prefix__", count.value);
    const row = blank.content.querySelector("tr");
    count.value = Number(count.value) + 1;
    row.querySelector("[data-number]").textContent = count.value;
    lines.querySelector("tbody").append(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    limitLines(lines);
  };

  const limitLines = (lines) => {
    const [count, most] = ["TOTAL", "MAX_NUM"].map((name) => lines.querySelector(`[name$="-${name}_FORMS"]`));
    lines.querySelector("[data-add]").hidden = Boolean(most.value) && Number(count.value) >= Number(most.value);
  };

  for (const lines of document.querySelectorAll("[data-lines]")) {
    limitLines(lines);
    showTotal(lines);
    lines.querySelector("[data-add]").addEventListener("click", () => addLine(lines));
    lines.closest("form")?.addEventListener("input", () => showTotal(lines));
  }

  // --- Names: whether what is typed is known -------------------------------------------------------------------

  const sayUnknown = (box, note) => {
    const name = box.value.trim().replace(/\s+/g, " ").toLowerCase();
    const known = [...box.list.options].some((option) => option.value.toLowerCase() === name);
    note.textContent = name && !known ? note.dataset.unknown : "";
  };

  for (const note of document.querySelectorAll("[data-unknown]")) {
    const box = note.parentElement.querySelector("input[list]");
    box.addEventListener("change", () => sayUnknown(box, note));
    sayUnknown(box, note);
  }

  // --- Keyboard -----------------------------------------------------------------------------------------------

  const STORED = "single-keys";
  const setting = document.querySelector("[data-single-keys]");
  const remember = () => {
    try {
      localStorage.setItem(STORED, setting.checked ? "on" : "off");
    } catch {
      // Storage may be switched off: the choice then lasts as long as the page.
    }
  };
  if (setting) {
    try {
      setting.checked = localStorage.getItem(STORED) !== "off";
    } catch {
      setting.checked = true;
    }
    setting.addEventListener("change", remember);
  }

  const toggleKeys = () => {
    const keys = document.getElementById("keys");
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  };

  const KEYS = {
    "/": () => document.querySelector('.filter [name="q"], .filter [type="search"], .filter [type="text"]'),
    n: () => document.querySelector("a[data-new]"),
  };

  const pressSingle = (event) => {
    if (event.key === "?") return toggleKeys();
    const found = KEYS[event.key]?.();
    if (!found) return;
    event.preventDefault();
    if (found.matches("a")) found.click();
    else found.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form");
      const button = form?.querySelector("button.primary, button:not([type=button])");
      if (button) form.requestSubmit(button);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !setting?.checked) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    pressSingle(event);
  });
})();
