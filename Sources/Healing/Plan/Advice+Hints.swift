import Diagnosis
import Kubernetes

extension Advice {
    /// What the log, or the refusal itself, says a person has to see to; nil where the cause's own advice is as good.
    static func hinted(_ hint: CauseHint, _ cause: Cause, _ space: String, _ name: String) -> String? {
        let log = "kubectl logs \(log(cause, name)) --previous --tail=50 \(space)"
        let edit = "kubectl edit \(name) \(space)"
        return switch hint {
        case .certificate:
            "See which certificate its log means (\(log)) and until when it holds: openssl s_client -connect HOST:PORT "
                + "</dev/null | openssl x509 -noout -issuer -dates; renew it where it is served, or give the pods the "
                + "authority that issued it. Where it is not yet valid, look at the node's clock"
        case .credentials:
            "See who refuses whom (\(log)); compare the login in the Secret that the pods read with the one that the "
                + "server knows, correct the Secret at its source, then: kubectl rollout restart \(name) \(space)"
        case .diskFull:
            "See which disk is full (\(log)): of a claim, kubectl get pvc \(space), then enlarge it or remove what is "
                + "not needed; of the node, kubectl describe nodes, there df -h"
        case .openFiles:
            "See what opens so many (\(log)); close what is not needed, or raise the limit of the container runtime on "
                + "the node (LimitNOFILE)"
        case .portInUse:
            "See what listens there already: another container of the pod, or, with hostNetwork, another pod of the "
                + "node (kubectl get pods -A -o wide); give one of them another port: \(edit)"
        case .lowPort:
            "Let it listen at a port from 1024 on and lead the Service's targetPort there, or give it the capability "
                + "NET_BIND_SERVICE: \(edit)"
        case .readOnlyFiles:
            "See where it writes (\(log)) and mount an emptyDir there: \(edit)"
        case .notPermitted:
            "See what it may not (\(log)), and compare runAsUser and fsGroup with the owner of the files: \(edit)"
        case .wrongArchitecture:
            "Use an image, or a program in it, for the node's processor: kubectl get nodes "
                + "-o custom-columns=NAME:.metadata.name,ARCH:.status.nodeInfo.architecture; then \(edit)"
        case .missingSetting:
            "See which setting it misses (\(log)), and add it to env or to the ConfigMap that it reads: \(edit)"
        case .wrongArgument:
            "See which argument it does not know (\(log)), and compare args with what that version takes: \(edit)"
        case .serviceVariable:
            "A Service's name makes variables (NAME_PORT=tcp://…) that the program takes for its own: set "
                + "enableServiceLinks: false in the pod's spec, or set the variable itself in env: \(edit)"
        case .heapFull:
            "Its own heap is bounded below the container's limit: see the log (\(log)), then raise that bound "
                + "(-Xmx, --max-old-space-size) together with the limit: \(edit)"
        case .endsAsIfDone:
            "A service must not end: give it a command that stays in the foreground (\(edit)); work that is to end "
                + "belongs in a Job. What it said: \(log)"
        case .rateLimited: rateLimited + edit
        case .surge:
            "Let the rollout take a pod away before it makes one: kubectl patch \(name) \(space) -p "
                + "'{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":0,\"maxUnavailable\":1}}}}'; or see the "
                + "quota (kubectl describe resourcequota \(space)), and raise it or free what is not needed"
        case .namesKept:
            "Let the policy's author let them ask for names, by one more egress rule (ports 53, UDP and TCP, to the "
                + "namespace kube-system): kubectl edit networkpolicy \(cause.object.name) \(space)"
        case .severalBudgets: severalBudgets(cause, space)
        case .drain: drain(cause, space, name)
        case .resourcesUnset:
            "Say them in the template: kubectl set resources \(name) --requests=cpu=100m,memory=64Mi "
                + "--limits=cpu=500m,memory=128Mi \(space); or give the namespace defaults with a LimitRange"
        }
    }

    private static let rateLimited =
        "The kubelet tries again by itself. Registries count what comes without a login: name a pull secret "
        + "(imagePullSecrets, kubectl create secret docker-registry NAME …), keep what is there "
        + "(imagePullPolicy: IfNotPresent), or put a mirror before it: "

    private static func severalBudgets(_ cause: Cause, _ space: String) -> String {
        "Let one budget select them and no other: kubectl get poddisruptionbudgets \(space); kubectl edit "
            + "poddisruptionbudget \(cause.object.name) \(space). Then a pod can be evicted again"
    }

    /// What lets a drain go on: it tries again by itself.
    private static func drain(_ cause: Cause, _ space: String, _ name: String) -> String {
        let budget = "poddisruptionbudget \(cause.object.name) \(space)"
        let first =
            if let count = cause.wantedReplicas {
                "For as long as it takes run one more, on another node: kubectl scale \(name) --replicas=\(count) "
                    + "\(space); or "
            } else {
                "See why: kubectl get pods \(space) -o wide; kubectl describe \(budget). Where no pod is ill, "
            }
        return first + "let the budget's owner allow one to go: kubectl edit \(budget). The drain then goes on by "
            + "itself. If nobody drains the node: kubectl uncordon \(cause.node ?? "NODE")"
    }
}
