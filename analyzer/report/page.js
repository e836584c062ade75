"use strict";
// Adds to a page that is whole without it: sorting, finding, copying.
(function () {
  var FIRST = 200; // rows of the endpoints table shown until all are asked for
  var MANY = 2000; // more take seconds to lay out anew: a new order begins with FIRST

  function sorted(table, column, down) {
    var body = table.tBodies[0];
    var rows = Array.from(body.rows).map(function (row) {
      var cell = row.cells[column];
      var n = cell.getAttribute("data-n");
      return { row: row, key: n === null ? cell.textContent.toLowerCase() : Number(n) };
    });
    rows.sort(function (a, b) {
      return (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (down ? -1 : 1);
    });
    var all = document.createDocumentFragment();
    rows.forEach(function (entry) { all.appendChild(entry.row); });
    body.appendChild(all);
  }

  function sortable(table, after) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var was = head.getAttribute("aria-sort");
        var down = was ? was === "ascending" : head.classList.contains("n");
        Array.from(head.parentNode.cells).forEach(function (other) {
          other.removeAttribute("aria-sort");
        });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sorted(table, column, down);
        after();
      });
    });
  }

  function findable(table, tools) {
    var input = tools.querySelector("input");
    var output = tools.querySelector("output");
    var button = tools.querySelector("button");
    var texts = new Map();
    var all = table.tBodies[0].rows.length <= FIRST;
    function text(row) {
      if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
      return texts.get(row);
    }
    function show() {
      var wanted = input.value.trim().toLowerCase();
      var shown = 0, found = 0;
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        var fits = !wanted || text(row).includes(wanted);
        if (fits) found += 1;
        row.hidden = !fits || (!all && shown >= FIRST);
        if (!row.hidden) shown += 1;
      });
      output.textContent = output.getAttribute("data-text")
        .replace("{shown}", shown).replace("{all}", table.tBodies[0].rows.length);
      button.hidden = shown === found;
    }
    input.addEventListener("input", show);
    button.addEventListener("click", function () { all = true; show(); });
    tools.addEventListener("submit", function (event) { event.preventDefault(); });
    window.addEventListener("beforeprint", function () { all = true; show(); });
    tools.hidden = false;
    show();
    return function () {
      all = all && table.tBodies[0].rows.length <= MANY;
      show();
    };
  }

  function copyable(code, word) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = word;
    code.after(" ", button);
    button.addEventListener("click", function () {
      var range = document.createRange();
      range.selectNodeContents(code);
      var selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      document.execCommand("copy");
    });
  }

  document.querySelectorAll("form.tools").forEach(function (tools) {
    var table = tools.parentNode.querySelector("table.endpoints");
    if (table) sortable(table, findable(table, tools));
  });
  document.querySelectorAll("code.filter").forEach(function (code) {
    copyable(code, document.body.getAttribute("data-copy"));
  });
})();
