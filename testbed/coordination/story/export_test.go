package story

// Heard is how many votes were heard.
func (c *Teller) Heard() int { return len(c.heard) }

// Transactions is how many transactions were seen to be applied.
func (c *Teller) Transactions() int { return len(c.transactions) }
