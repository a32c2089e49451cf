// Package kubernetes has the manifests of deploy/kubernetes tried by Kubernetes itself: etcd, the API server and the
// controller of Jobs are those of the published modules, in one process, and only kubelets are played. Its tests are
// all that there is of it.
package kubernetes
