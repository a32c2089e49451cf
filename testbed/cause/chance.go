package cause

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Moment is an instant at which the trial was branched, and what became of the branches.
type Moment struct {
	At time.Duration `json:"at_ns"`
	// Branches were played; Failed of them broke the promise, and Otherwise broke others and not this one.
	Branches  int `json:"branches"`
	Failed    int `json:"failed"`
	Otherwise int `json:"otherwise"`
	// Low and High bound the probability that a branch from here fails, in millionths.
	Low  int `json:"low_ppm"`
	High int `json:"high_ppm"`
}

// confidence is how sure Moment.Low and High are, in percent: of a hundred such pairs so many have the probability
// between them.
const confidence = 95

const million = 1_000_000

// likelihood is the logarithm of how likely the outcome is if its share is the probability, but for a constant.
func (m Moment) likelihood() float64 {
	p, n := m.share(), 0.0
	if m.Failed > 0 {
		n += float64(m.Failed) * math.Log(p)
	}
	if m.Failed < m.Branches {
		n += float64(m.Branches-m.Failed) * math.Log1p(-p)
	}
	return n
}

func (m Moment) share() float64 { return float64(m.Failed) / float64(max(1, m.Branches)) }

// bound sets Low and High, by Clopper and Pearson: the probabilities at which so few or so many failures would just be
// no surprise. They hold for small numbers too, and rather say too little than too much.
func (m *Moment) bound() {
	const tail = (1 - confidence/100.0) / 2
	m.Low, m.High = 0, million
	if m.Failed > 0 {
		m.Low = root(func(p float64) bool { return atLeast(m.Failed, m.Branches, p) >= tail })
	}
	if m.Failed < m.Branches {
		m.High = root(func(p float64) bool { return 1-atLeast(m.Failed+1, m.Branches, p) < tail })
	}
}

// root is the least number of millionths at which holds does, and from which on it does.
func root(holds func(p float64) bool) int {
	low, high := 0, million
	for low < high {
		if middle := (low + high) / 2; holds(float64(middle) / million) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// atLeast is the probability of k or more of n, each with probability p.
func atLeast(k, n int, p float64) float64 {
	if k <= 0 || p >= 1 {
		return 1
	}
	if p <= 0 {
		return 0
	}
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

func logChoose(n, k int) float64 {
	log := func(n int) float64 {
		v, _ := math.Lgamma(float64(n + 1))
		return v
	}
	return log(n) - log(k) - log(n-k)
}

// percent writes millionths.
func percent(ppm int) string { return fmt.Sprintf("%d %%", (ppm+million/200)/(million/100)) }

const barWidth = 20

// text is a line of the table: the instant, the counts, the bounds, and a bar.
func (m Moment) text() string {
	cell := func(ppm int) int { return (ppm*barWidth + million/2) / million }
	low, mid, high := cell(m.Low), cell(int(m.share()*million)), cell(m.High)
	bar := strings.Repeat("#", mid) + strings.Repeat("-", max(0, high-mid)) + strings.Repeat(" ", barWidth-max(mid, high))
	if low < mid {
		bar = strings.Repeat("=", low) + bar[low:]
	}
	return fmt.Sprintf("%14s  %3d of %-3d  %5s  %5s to %-5s  |%s|", clock(m.At), m.Failed, m.Branches,
		percent(int(m.share()*million)), percent(m.Low), percent(m.High), bar)
}

// clock writes an instant in seconds, to the microsecond.
func clock(d time.Duration) string { return fmt.Sprintf("%.6f s", d.Seconds()) }
