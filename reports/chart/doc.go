// Package chart draws what every plot of a report has: axes, series, panels one below the other, a legend, and the
// bytes of it as SVG or PNG, which are the same for the same data. It knows neither trials nor operations.
package chart
