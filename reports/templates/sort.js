// Progressive enhancement: without this the tables stand complete, in the order we wrote them.
// A click on a heading sorts by that column, numbers by data-v; a second click turns the order.
// Cells that hold no value stay at the end either way.
(function () {
  function value(row, column, numeric) {
    var cell = row.cells[column];
    if (!numeric) { return cell.textContent.trim().toLowerCase(); }
    var text = cell.getAttribute("data-v");
    return text === null || text === "" ? NaN : Number(text);
  }
  function compare(a, b, direction) {
    var noA = a !== a, noB = b !== b;
    if (noA || noB) { return noA - noB; }
    return direction * (a < b ? -1 : a > b ? 1 : 0);
  }
  function sort(table, heading, numeric) {
    var direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    table.querySelectorAll("thead th").forEach(function (other) {
      other.removeAttribute("aria-sort");
    });
    heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
    var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
    rows.map(function (row) { return { row: row, v: value(row, heading.cellIndex, numeric) }; })
      .sort(function (a, b) { return compare(a.v, b.v, direction); })
      .forEach(function (item) { body.appendChild(item.row); });
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    table.querySelectorAll("thead th").forEach(function (heading) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.textContent = "";
      heading.appendChild(button);
      button.addEventListener("click", function () {
        sort(table, heading, heading.classList.contains("n"));
      });
    });
  });
})();
