package kubernetes

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// evicted stands for the exit code of a pod that is evicted.
const evicted = -1

// kubelet plays the part of the kubelets for a namespace: run is what becomes of a pod's container, an exit code or
// evicted, and the pod's status says so.
func (c *cluster) kubelet(t *testing.T, namespace string, run func(*core.Pod) int) {
	t.Helper()
	w, err := c.client.CoreV1().Pods(namespace).Watch(t.Context(), meta.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for e := range w.ResultChan() {
			if pod, ok := e.Object.(*core.Pod); ok && e.Type == watch.Added {
				go func() {
					if err := c.ended(t.Context(), pod, run(pod)); err != nil && t.Context().Err() == nil {
						t.Errorf("pod %s: %v", pod.Name, err)
					}
				}()
			}
		}
	}()
}

// ended says that a pod's container has ended. A pod that was deleted meanwhile needs no saying.
func (c *cluster) ended(ctx context.Context, pod *core.Pod, code int) error {
	pods := c.client.CoreV1().Pods(pod.Namespace)
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		pod, err := pods.Get(ctx, pod.Name, meta.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		pod.Status.Phase = core.PodSucceeded
		if code != 0 {
			pod.Status.Phase = core.PodFailed
		}
		if code == evicted {
			pod.Status.Reason = "Evicted"
			pod.Status.Conditions = append(pod.Status.Conditions, core.PodCondition{Type: core.DisruptionTarget,
				Status: core.ConditionTrue, Reason: core.PodReasonTerminationByKubelet, LastTransitionTime: meta.Now()})
			code = 137
		}
		pod.Status.ContainerStatuses = []core.ContainerStatus{{Name: pod.Spec.Containers[0].Name,
			Image: pod.Spec.Containers[0].Image, State: core.ContainerState{Terminated: &core.ContainerStateTerminated{
				ExitCode: int32(code), StartedAt: meta.Now(), FinishedAt: meta.Now()}}}}
		_, err = pods.UpdateStatus(ctx, pod, meta.UpdateOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return err
	})
}

// command is what a container is started with: its arguments, in which variables are replaced, and its environment.
func (c *cluster) command(ctx context.Context, pod *core.Pod) (args, env []string, err error) {
	variables := make(map[string]string)
	for _, from := range pod.Spec.Containers[0].EnvFrom {
		if from.SecretRef == nil {
			return nil, nil, fmt.Errorf("variables of pod %s are from elsewhere than a secret", pod.Name)
		}
		secret, err := c.client.CoreV1().Secrets(pod.Namespace).Get(ctx, from.SecretRef.Name, meta.GetOptions{})
		if err != nil {
			return nil, nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(secret.Data)) {
			variables[name] = string(secret.Data[name])
			env = append(env, name+"="+variables[name])
		}
	}
	for _, v := range pod.Spec.Containers[0].Env {
		value := expansion.Expand(v.Value, expansion.MappingFuncFor(variables))
		if v.ValueFrom != nil {
			if v.ValueFrom.FieldRef == nil {
				return nil, nil, fmt.Errorf("%s is from elsewhere than the pod", v.Name)
			}
			if value, err = fieldpath.ExtractFieldPathAsString(pod, v.ValueFrom.FieldRef.FieldPath); err != nil {
				return nil, nil, err
			}
		}
		variables[v.Name] = value
		env = append(env, v.Name+"="+value)
	}
	for _, arg := range pod.Spec.Containers[0].Args {
		args = append(args, expansion.Expand(arg, expansion.MappingFuncFor(variables)))
	}
	return args, env, nil
}

// indexOf is the index whose pod it is.
func indexOf(pod *core.Pod) int {
	index, err := strconv.Atoi(pod.Annotations[batch.JobCompletionIndexAnnotation])
	if err != nil {
		return -1
	}
	return index
}
