package reports

import "time"

// permille are the quantiles of tables: p50, p90, p99, p99.9 and the largest.
var permille = [...]int{500, 900, 990, 999, 1000}

// quantile is the smallest of the sorted values that at least q/1000 of them do not exceed (nearest rank). q is in
// 1..1000, and sorted is not empty.
func quantile(sorted []time.Duration, q int) time.Duration {
	rank := (len(sorted)*q + 999) / 1000
	return sorted[max(rank, 1)-1]
}
