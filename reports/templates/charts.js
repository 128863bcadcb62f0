(function () {
  var script = document.getElementById("plotly").getAttribute("src");
  if (window.Plotly) { start(); } else { lookBeside(); }

  function lookBeside() {  // a folder that was moved may have the script beside its page
    var other = document.createElement("script");
    other.src = script.split("/").pop();
    other.onload = start;
    other.onerror = sayMissing;
    document.head.appendChild(other);
  }
  function sayMissing() {
    var note = document.createElement("p");
    note.className = "box";
    note.textContent = "The charts are not drawn: " + script.split("/").pop() + ", which draws " +
      "them, is not where this page was made. Copy it beside this page from any shelf of runs; " +
      "every number stands without it.";
    var first = document.querySelector("[data-chart]");
    (first ? first.closest("figure") : document.querySelector("main").firstChild).before(note);
    done();
  }
  function done() { document.documentElement.dataset.charts = "drawn"; }

  function start() {
  var figures = JSON.parse(document.getElementById("figures").textContent);
  Object.keys(figures).forEach(function (key) {
    (figures[key].data || []).forEach(function (trace) {
      if (typeof trace.x === "number") { trace.x = figures.shared[trace.x]; }
    });
  });
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var touch = window.matchMedia("(pointer: coarse)");  // a finger scrolls the page, not the chart
  function ink(names) {
    var style = getComputedStyle(document.documentElement);
    return names.map(function (name) { return style.getPropertyValue(name).trim(); });
  }
  function scheme(axes, colors) {
    var text = colors[0], line = colors[1], box = colors[2];
    var layout = {
      "dragmode": touch.matches ? false : "zoom",
      "font.color": text, "hoverlabel.bgcolor": box, "hoverlabel.font.color": text
    };
    axes.forEach(function (axis) {
      ["gridcolor", "linecolor", "zerolinecolor"].forEach(function (part) {
        layout[axis + "." + part] = line;
      });
    });
    return layout;
  }
  function axesOf(layout) {
    return Object.keys(layout).filter(function (name) { return /^[xy]axis/.test(name); });
  }
  function dressed(layout) {  // drawn once, in the colours of the page
    ["xaxis", "yaxis", "font", "hoverlabel"].forEach(function (name) {
      layout[name] = layout[name] || {};
    });
    var values = scheme(axesOf(layout), ink(["--ink", "--line", "--box"]));
    Object.keys(values).forEach(function (path) {
      var parts = path.split("."), last = parts.pop();
      parts.reduce(function (place, part) {
        return place[part] = place[part] || {};
      }, layout)[last] = values[path];
    });
    return layout;
  }
  var charts = Array.prototype.slice.call(document.querySelectorAll("[data-chart]"));
  function onScreen(chart) {
    var layout = scheme(axesOf(chart.layout), ink(["--ink", "--line", "--box"]));
    layout.autosize = true;
    layout.width = null;
    layout.height = +chart.dataset.height;
    return Plotly.relayout(chart, layout);
  }
  function onPaper(chart) {  // paper is white, narrower than a desktop window, and cut
    var layout = scheme(axesOf(chart.layout), ink(["--paper-ink", "--paper-line", "--paper-box"]));
    layout.width = parseInt(ink(["--paper-width"])[0], 10);
    layout.height = Math.round(0.7 * chart.dataset.height);
    return Plotly.relayout(chart, layout);
  }
  function isDrawn(chart) { return "layout" in chart; }
  function draw(chart) {
    var figure = figures[chart.dataset.chart];
    chart.dataset.height = figure.layout.height;  // plotly writes into what it is given
    Plotly.newPlot(chart, figure.data, dressed(figure.layout), {
      responsive: true, displayModeBar: false, scrollZoom: false, doubleClick: "reset"
    });
  }
  function unfolded() {  // a chart in a closed fold has no width: it waits
    return charts.filter(function (chart) {
      return chart.closest("details:not([open])") === null;
    });
  }
  function drawNext() {  // one at a time, so that the first is seen before the last is drawn
    var chart = unfolded().find(function (chart) { return !isDrawn(chart); });
    if (chart === undefined) { done(); return; }
    draw(chart);
    setTimeout(drawNext, 0);
  }
  function onToggle() {
    unfolded().forEach(function (chart) {
      if (isDrawn(chart)) { Plotly.Plots.resize(chart); } else { draw(chart); }
    });
  }
  function drawn() { return charts.filter(isDrawn); }
  drawNext();
  document.addEventListener("toggle", onToggle, true);
  dark.addEventListener("change", function () { drawn().forEach(onScreen); });
  window.addEventListener("beforeprint", function () {
    unfolded().filter(function (chart) { return !isDrawn(chart); }).forEach(draw);
    drawn().forEach(onPaper);
  });
  window.addEventListener("afterprint", function () { drawn().forEach(onScreen); });
  }
})();
