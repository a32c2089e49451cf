package wire

import "fmt"

// Encode makes a whole frame. The last byte is there only with HasReadOnly.
func (r ConnectRequest) Encode() []byte {
	var e Encoder
	e.Int32(r.ProtocolVersion)
	e.Int64(r.LastZxidSeen)
	e.Int32(r.TimeoutMs)
	e.Int64(r.SessionID)
	e.Buffer(r.Passwd)
	if r.HasReadOnly {
		e.Bool(r.ReadOnly)
	}
	return e.Bytes()
}

// DecodeConnectRequest reads the first frame of a connection. Errors wrap ErrMalformed.
func DecodeConnectRequest(frame []byte) (ConnectRequest, error) {
	d := NewDecoder(frame)
	r := ConnectRequest{
		ProtocolVersion: d.Int32(),
		LastZxidSeen:    d.Int64(),
		TimeoutMs:       d.Int32(),
		SessionID:       d.Int64(),
		Passwd:          d.Buffer(),
	}
	if d.Len() > 0 {
		r.HasReadOnly, r.ReadOnly = true, d.Bool()
	}
	if err := d.Err(); err != nil {
		return ConnectRequest{}, fmt.Errorf("a connect request: %w", err)
	}
	return r, nil
}

// Encode makes a whole frame. The last byte is there only with HasReadOnly.
func (r ConnectResponse) Encode() []byte {
	var e Encoder
	e.Int32(r.ProtocolVersion)
	e.Int32(r.TimeoutMs)
	e.Int64(r.SessionID)
	e.Buffer(r.Passwd)
	if r.HasReadOnly {
		e.Bool(r.ReadOnly)
	}
	return e.Bytes()
}

// DecodeConnectResponse reads the first frame of a server. Errors wrap ErrMalformed.
func DecodeConnectResponse(frame []byte) (ConnectResponse, error) {
	d := NewDecoder(frame)
	r := ConnectResponse{
		ProtocolVersion: d.Int32(),
		TimeoutMs:       d.Int32(),
		SessionID:       d.Int64(),
		Passwd:          d.Buffer(),
	}
	if d.Len() > 0 {
		r.HasReadOnly, r.ReadOnly = true, d.Bool()
	}
	if err := d.Err(); err != nil {
		return ConnectResponse{}, fmt.Errorf("a connect response: %w", err)
	}
	return r, nil
}
