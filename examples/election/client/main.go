// Command client asks servers whether they lead.
package main

import (
	"strconv"
	"time"

	"ordeal/guest/say"
	"ordeal/guest/web"
)

func main() {
	client := web.Client(3 * time.Second)
	say.Leaders(func(server string) (epoch int64, err error) {
		_, text, err := web.Get(client, "https://"+server+"/leader")
		if err != nil {
			return 0, err
		}
		return strconv.ParseInt(text, 10, 64) // who does not lead says so, which is no number
	})
}
