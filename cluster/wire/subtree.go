package wire

// GetEphemeralsRequest asks for the ephemeral znodes of the client's own session whose paths begin with Prefix.
type GetEphemeralsRequest struct{ Prefix string }

// GetEphemeralsResponse answers a getEphemerals.
type GetEphemeralsResponse struct{ Paths []string }

// GetAllChildrenNumberRequest asks how many znodes there are below a path.
type GetAllChildrenNumberRequest struct{ Path string }

// GetAllChildrenNumberResponse answers a getAllChildrenNumber.
type GetAllChildrenNumberResponse struct{ Number int32 }

// Op is OpGetEphemerals.
func (r GetEphemeralsRequest) Op() OpCode { return OpGetEphemerals }

// Op is OpGetAllChildrenNumber.
func (r GetAllChildrenNumberRequest) Op() OpCode { return OpGetAllChildrenNumber }

func (r GetEphemeralsRequest) encodeRequest(e *Encoder) { e.String(r.Prefix) }

func (r GetAllChildrenNumberRequest) encodeRequest(e *Encoder) { e.String(r.Path) }

func (r GetEphemeralsResponse) encodeResponse(e *Encoder) { e.strings(r.Paths) }

func (r GetAllChildrenNumberResponse) encodeResponse(e *Encoder) { e.Int32(r.Number) }
