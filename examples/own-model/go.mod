module own-model

go 1.26.0

replace ordeal => ../..

require ordeal v0.0.0

require (
	github.com/anishathalye/porcupine v1.3.0 // indirect
	github.com/klauspost/compress v1.20.4 // indirect
)
