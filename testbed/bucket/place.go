// Package bucket keeps the folders of shards in a bucket of S3, or of any server that speaks as S3 does.
//
// A place is a bucket and what the names of its objects begin with. It holds one campaign, and says which in an object
// of its own, so that nothing of another campaign's is overwritten; the folder of each shard is below it, whole when
// the file is there that comes last.
package bucket

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Place is where the folders of one campaign's shards are kept.
type Place struct {
	client *minio.Client
	server string
	bucket string
	prefix string // ends in a slash, if it is not empty
}

// scheme is what the URL of a place begins with.
const scheme = "s3://"

// usualServer is that of Amazon, which finds out by itself where a bucket is.
const usualServer = "https://s3.amazonaws.com"

// tries is how often the server is asked for the same, with half a second in between in the mean: it may be away for a
// while.
const tries = 40

// ErrRefused is that the server knows better: there is no such bucket, or the credentials do not do, say. Another try
// would say the same.
var ErrRefused = errors.New("refused")

// Open reads s3://BUCKET/FOLDER, and asks the environment by the names that Amazon's own programs have for the server
// (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL), the region (AWS_REGION) and the credentials (AWS_ACCESS_KEY_ID and
// AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN; or those of a service account of Kubernetes or a container, as
// AWS_WEB_IDENTITY_TOKEN_FILE or AWS_CONTAINER_CREDENTIALS_FULL_URI says). It asks no server yet.
func Open(at string, variable func(string) string) (*Place, error) {
	bucket, folder, _ := strings.Cut(strings.TrimPrefix(at, scheme), "/")
	if !strings.HasPrefix(at, scheme) || bucket == "" {
		return nil, fmt.Errorf("%s: it must be as %sBUCKET/FOLDER", at, scheme)
	}
	server := cmp.Or(variable("AWS_ENDPOINT_URL_S3"), variable("AWS_ENDPOINT_URL"), usualServer)
	where, err := url.Parse(server)
	if err != nil || where.Host == "" || where.Scheme != "https" && where.Scheme != "http" {
		return nil, fmt.Errorf("AWS_ENDPOINT_URL_S3 %s: it must be as https://host:port", server)
	}
	secret, err := secretOf(variable)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(where.Host, &minio.Options{
		Creds: secret, Secure: where.Scheme == "https",
		Region: cmp.Or(variable("AWS_REGION"), variable("AWS_DEFAULT_REGION")), MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	p := &Place{client: client, server: server, bucket: bucket, prefix: strings.Trim(path.Clean("/"+folder), "/")}
	if p.prefix != "" {
		p.prefix += "/"
	}
	return p, nil
}

// secretOf finds the credentials.
func secretOf(variable func(string) string) (*credentials.Credentials, error) {
	id, key := variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")
	switch {
	case id != "" && key != "":
		return credentials.NewStaticV4(id, key, variable("AWS_SESSION_TOKEN")), nil
	case variable("AWS_WEB_IDENTITY_TOKEN_FILE") != "" || variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") != "" ||
		variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != "":
		return credentials.NewIAM(""), nil
	}
	return nil, errors.New("there are no credentials for the bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are " +
		"not set")
}

// URL is that of something in the place; "" is the place itself.
func (p *Place) URL(name string) string {
	return strings.TrimSuffix(scheme+p.bucket+"/"+p.prefix+name, "/")
}

// explained is what an answer of the server means.
func (p *Place) explained(err error, name string) error {
	where := fmt.Sprintf("%s at %s", p.URL(name), p.server)
	switch answer := minio.ToErrorResponse(err); answer.Code {
	case minio.NoSuchBucket:
		return refusal(fmt.Sprintf("%s: there is no bucket %s", where, p.bucket))
	case minio.AccessDenied, "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken":
		return refusal(fmt.Sprintf("%s: the credentials do not do: %s", where, answer.Message))
	default:
		if final(answer.StatusCode) {
			return refusal(fmt.Sprintf("%s: %s", where, cmp.Or(answer.Message, answer.Code)))
		}
	}
	return fmt.Errorf("%s: %w", where, err)
}

// final says of a status that it is about what was asked for, and not about when or how often. Servers differ in the
// codes that they put beside it.
func final(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusConflict &&
		status != http.StatusTooManyRequests
}

// refusal is an ErrRefused that says why.
type refusal string

func (r refusal) Error() string { return string(r) }

func (refusal) Is(target error) bool { return target == ErrRefused }
