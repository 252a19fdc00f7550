// A page made for paper: one button asks the browser to print it.
document.getElementById("print").addEventListener("click", () => window.print());
