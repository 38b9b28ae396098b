(function () {
  "use strict";
  const form = document.getElementById("form");
  const say = form.dataset;
  const boxes = Array.from(form.querySelectorAll("input.points"));
  const total = Number(say.total), low = Number(say.low), high = Number(say.high);
  const status = document.getElementById("status"), problem = document.getElementById("problem");
  const ready = document.getElementById("ready"), link = document.getElementById("download");
  let address = "", answeredAt = "";

  function show(number) {
    return number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 4, useGrouping: false });
  }

  // A number, null for an empty box, NaN for anything else.
  function read(box) {
    const text = box.value.trim().replace(",", ".").replace("\u2212", "-");
    if (!text) { return null; }
    return /^-?\d*\.?\d+$|^-?\d+\.$/.test(text) ? Number(text) : NaN;
  }

  function right(number) { return number === null || (number >= low && number <= high); }

  function mark(box) {
    const wrong = !right(read(box)), error = document.getElementById("e" + box.id.slice(1));
    box.setAttribute("aria-invalid", String(wrong));
    error.textContent = wrong ? say.wrong : "";
    error.hidden = !wrong;
    return wrong;
  }

  function state() {
    const numbers = boxes.map(read);
    const sum = Math.round(numbers.reduce((all, n) => all + (n || 0), 0) * 10000) / 10000;
    const given = numbers.filter((n) => n !== null && right(n)).length;
    const valid = numbers.every(right);
    const complete = valid && (total ? sum === total : given === boxes.length);
    return { numbers: numbers, sum: sum, given: given, valid: valid, complete: complete };
  }

  function tell() {
    const now = state();
    let text = "";
    if (!total) {
      text = now.complete ? say.ratedAll : say.rated.replace("{n}", String(now.given));
    } else if (now.complete) {
      text = say.done;
    } else if (!now.valid) {
      text = say.fixNumbers;
    } else {
      const rest = Math.round((total - now.sum) * 10000) / 10000;
      text = (rest >= 0 ? say.left : say.over).replace("{n}", show(Math.abs(rest)));
    }
    if (status.textContent !== text) { status.textContent = text; }
    status.className = "status " + (now.complete ? "good" : "bad");
    problem.textContent = "";
    ready.hidden = true;
    return now;
  }

  function written(id) {
    const box = document.getElementById(id);
    return box ? box.value.trim() : "";
  }

  function base64(text) {
    let raw = "";
    new TextEncoder().encode(text).forEach((byte) => { raw += String.fromCharCode(byte); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function answer(numbers) {
    const points = {};
    boxes.forEach((box, i) => { points[box.dataset.id] = numbers[i] === null ? 0 : numbers[i]; });
    return JSON.stringify({
      format: say.format, key: say.key, person: written("person"), role: written("role"),
      answered: answeredAt, points: points,
    }, null, 1);
  }

  function refuse(now) {
    const wrong = boxes.find((box) => !right(read(box))) || (total ? null : boxes.find((box) => read(box) === null));
    problem.textContent = !now.valid ? say.fixNumbers : total ? say.fixSum : say.fixRatings;
    (wrong || boxes.find((box) => read(box) === null) || boxes[0]).focus();
  }

  boxes.forEach((box) => {
    box.addEventListener("input", () => { if (box.getAttribute("aria-invalid") === "true") { mark(box); } tell(); });
    box.addEventListener("change", () => { mark(box); });
  });
  ["person", "role"].forEach((id) => {
    const box = document.getElementById(id);
    if (box) { box.addEventListener("input", tell); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    boxes.forEach(mark);
    const now = tell();
    if (!now.complete) { refuse(now); return; }
    answeredAt = new Date().toISOString();
    const text = answer(now.numbers);
    if (address) { URL.revokeObjectURL(address); }
    address = URL.createObjectURL(new Blob([text + "\n"], { type: "application/json" }));
    link.href = address;
    link.download = say.file;
    const lines = base64(text).match(/.{1,64}/g).join("\n");
    document.getElementById("text").value = say.begin + "\n" + lines + "\n" + say.end;
    ready.hidden = false;
    ready.focus();
    ready.scrollIntoView();
  });
  document.getElementById("copy").addEventListener("click", () => {
    const text = document.getElementById("text");
    text.focus();
    text.select();
    const done = () => { document.getElementById("copied").textContent = say.copied; };
    if (navigator.clipboard) { navigator.clipboard.writeText(text.value).then(done, () => {}); } else if (document.execCommand("copy")) { done(); }
  });
  tell();
}());
