(function () {
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
  function scheme(chart, colors) {
    var text = colors[0], line = colors[1], box = colors[2];
    var layout = {
      "dragmode": touch.matches ? false : "zoom",
      "font.color": text, "hoverlabel.bgcolor": box, "hoverlabel.font.color": text
    };
    Object.keys(chart.layout).filter(function (name) {
      return /^[xy]axis/.test(name);
    }).forEach(function (axis) {
      ["gridcolor", "linecolor", "zerolinecolor"].forEach(function (part) {
        layout[axis + "." + part] = line;
      });
    });
    return layout;
  }
  var charts = Array.prototype.slice.call(document.querySelectorAll("[data-chart]"));
  function onScreen(chart) {
    var layout = scheme(chart, ink(["--ink", "--line", "--box"]));
    layout.autosize = true;
    layout.width = null;
    layout.height = figures[chart.dataset.chart].layout.height;
    return Plotly.relayout(chart, layout);
  }
  function onPaper(chart) {  // paper is white, narrower than a desktop window, and cut
    var layout = scheme(chart, ink(["--paper-ink", "--paper-line", "--paper-box"]));
    layout.width = parseInt(ink(["--paper-width"])[0], 10);
    layout.height = Math.round(0.7 * figures[chart.dataset.chart].layout.height);
    return Plotly.relayout(chart, layout);
  }
  function isDrawn(chart) { return "layout" in chart; }
  function draw(chart) {
    var figure = figures[chart.dataset.chart];
    Plotly.newPlot(chart, figure.data, figure.layout, {
      responsive: true, displayModeBar: false, scrollZoom: false, doubleClick: "reset"
    }).then(onScreen);
  }
  function drawUnfolded() {  // a chart in a closed fold has no width: it waits
    charts.filter(function (chart) {
      return chart.closest("details:not([open])") === null;
    }).forEach(function (chart) {
      if (isDrawn(chart)) { Plotly.Plots.resize(chart); } else { draw(chart); }
    });
  }
  function drawn() { return charts.filter(isDrawn); }
  drawUnfolded();
  document.addEventListener("toggle", drawUnfolded, true);
  dark.addEventListener("change", function () { drawn().forEach(onScreen); });
  window.addEventListener("beforeprint", function () { drawn().forEach(onPaper); });
  window.addEventListener("afterprint", function () { drawn().forEach(onScreen); });
})();
