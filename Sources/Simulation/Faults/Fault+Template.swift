import JSON
import Kubernetes

/// Faults that come with a change of the pod template.
extension Fault {
    func injectTemplate(_ target: FaultTarget, _ world: inout World) {
        switch name {
        case .crashOnlyRevision, .initHangs, .initCrashes, .oomLimitLow, .oomLeak, .crashTransient, .claimPending,
            .rbacRevoked:
            break
        default: return change(target, &world)
        }
        if name == .initHangs || name == .initCrashes { return change(target, &world) }
        replace(target, &world)
    }

    /// A person's change of the running workload.
    private func change(_ target: FaultTarget, _ world: inout World) {
        if name == .pullSecretMissing {
            world.machines.images.images[privateImage] = .init(program: Program(), needsLogin: true)
        }
        world.edit(target.resource, target.workload, as: Self.person) { workload in
            if name == .rolloutPaused { workload.put(true, at: "spec", "paused") }
            if name == .gitopsOwned {
                workload.put(.string(service), at: "metadata", "labels", "argocd.argoproj.io/instance")
            }
            if name == .rolloutRunning { workload.put(30, at: "spec", "minReadySeconds") }
            guard var spec = workload.at("spec", "template", "spec") else { return }
            changePod(&spec, target)
            if var container = spec["containers"]?[0] {
                changeContainer(&container, target)
                spec["containers"] = [container]
            }
            workload.put(spec, at: "spec", "template", "spec")
            changeTemplate(&workload, target)
        }
    }

    private var privateImage: String { text("image", "private.example/\(service):2") }

    private func changePod(_ spec: inout JSONValue, _ target: FaultTarget) {
        let image = target.container["image"] ?? ""
        func initial(_ script: String) -> JSONValue {
            [["name": "init", "image": "busybox:1", "command": ["sh", "-c", .string(script)]]]
        }
        switch name {
        case .initHangs: spec["initContainers"] = initial("until nslookup \(text("host", "nowhere")); do sleep 2; done")
        case .initCrashes: spec["initContainers"] = initial("echo \(quoted("log", "migration failed")); exit 1")
        case .serviceAccountMissing:
            spec["serviceAccountName"] = .string(text("account", "nope"))
            spec["serviceAccount"] = spec["serviceAccountName"]
        case .nodeSelector: spec["nodeSelector"] = [text("label", "disk"): .string(text("value", "nvme"))].json
        case .ghostNode: spec["nodeName"] = .string(text("node", "ghost"))
        case .securityContext: spec["securityContext"] = ["runAsNonRoot": true]
        case .antiAffinity:
            spec["affinity"] = [
                "podAntiAffinity": [
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        [
                            "topologyKey": "kubernetes.io/hostname",
                            "labelSelector": ["matchLabels": ["app": .string(service)]],
                        ]
                    ]
                ]
            ]
        case .rolloutStuck, .crashNewRevision: if image == "" { spec["containers"] = [] }
        default: break
        }
    }

    private func changeContainer(_ container: inout JSONValue, _ target: FaultTarget) {
        let code = number("code", 1)
        switch name {
        case .crashNewRevision, .humanEditing:
            container["command"] = [
                "sh", "-c", .string("echo \(quoted("log", "cannot parse settings")); exit \(code)"),
            ]
        case .badCommand: container["command"] = [.string(text("command", "/nope"))]
        case .imageNotFound, .statefulSetStuck, .daemonSetStuck, .gitopsOwned, .rolloutPaused:
            container["image"] = .string(text("image", "\(service):nope"))
        case .imageRegistryDown: container["imagePullPolicy"] = "Always"
        case .imageNever:
            container["image"] = .string(text("image", "\(service):absent"))
            container["imagePullPolicy"] = "Never"
        case .imageInvalid: container["image"] = .string(text("image", "X::Y"))
        case .pullSecretMissing:
            container["image"] = .string(privateImage)
            container["imagePullPolicy"] = "Always"
        case .configMapMissing: container["envFrom"] = [["configMapRef": ["name": .string(text("name", "absent"))]]]
        case .secretMissing:
            container["env"] = [
                [
                    "name": "TOKEN",
                    "valueFrom": ["secretKeyRef": ["name": .string(text("name", "absent")), "key": "token"]],
                ]
            ]
        case .oomLimitCut: container.put(.string(text("memory", "8Mi")), at: "resources", "limits", "memory")
        case .slowStart: container["env"] = [["name": "START_DELAY", "value": .string(String(number("delay", 20)))]]
        case .rolloutStuck: container.put(.string("/not-there"), at: "readinessProbe", "httpGet", "path")
        case .readinessWrongPort: container.put(.integer(number("port", 8080)), at: "readinessProbe", "httpGet", "port")
        case .livenessWrong:
            container["livenessProbe"] = [
                "httpGet": ["path": "/", "port": .integer(number("port", 8080)), "scheme": "HTTP"], "periodSeconds": 2,
                "failureThreshold": 2, "timeoutSeconds": 1, "successThreshold": 1,
            ]
        case .requestTooBig:
            container.put(.string(text("memory", "999Gi")), at: "resources", "requests", "memory")
            container.put(nil, at: "resources", "limits")
        case .rolloutRunning: container["env"] = [["name": "RELEASE", "value": "2"]]
        default: break
        }
    }

    private func changeTemplate(_ workload: inout JSONValue, _ target: FaultTarget) {
        guard name == .rolloutStuck else { return }
        let change: JSONValue = [service: ["paths": ["/health", "/"]]].json
        workload.put(
            .string(JSONText.sorted(change)), at: "spec", "template", "metadata", "annotations", Program.annotation)
    }

    /// The workload is made anew, with the fault from its first revision on.
    private func replace(_ target: FaultTarget, _ world: inout World) {
        var workload = target.workload
        for pod in target.pods(world) { world.remove(.pods, pod, grace: 0) }
        world.remove(target.resource, target.workload)
        workload["status"] = nil
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"] {
            workload.put(nil, at: "metadata", field)
        }
        workload.put(nil, at: "metadata", "annotations", "deployment.kubernetes.io/revision")
        if workload.at("metadata", "annotations") == [:] { workload.put(nil, at: "metadata", "annotations") }
        if let behaviour {
            let change: JSONValue = [service: behaviour].json
            workload.put(
                .string(JSONText.sorted(change)), at: "spec", "template", "metadata", "annotations",
                Program.annotation)
        }
        if name == .claimPending { claim(&workload, &world) }
        if name == .rbacRevoked { account(&workload, &world) }
        _ = world.add(target.resource, workload, as: "kubectl-create")
    }

    /// What the program of a first revision does; nil when it is not the program that is at fault.
    private var behaviour: JSONValue? {
        switch name {
        case .crashOnlyRevision:
            [
                "crash": [
                    "after": 1, "code": .integer(number("code", 1)),
                    "log": [.string(text("log", "FATAL: no such database: inventory"))],
                ]
            ]
        case .crashTransient:
            ["crash": ["after": 1, "code": 1, "log": ["waiting for the database"], "starts": 2]]
        case .oomLimitLow: ["leak": ["base": 104_857_600, "at": 2, "bytesPerSecond": 31_457_280]]
        case .rbacRevoked:
            [
                "dependsOn": [
                    [
                        "host": "kubernetes.default.svc", "effect": "unready",
                        "right": ["account": .string(service), "resource": .string(text("resource", "configmaps"))],
                    ]
                ]
            ]
        case .oomLeak: ["leak": ["base": 33_554_432, "at": 5, "bytesPerSecond": 16_777_216]]
        default: nil
        }
    }

    /// Its own account, which no binding names any more.
    private func account(_ workload: inout JSONValue, _ world: inout World) {
        _ = world.add(
            .serviceAccounts,
            [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": ["name": .string(service), "namespace": .string(namespace)],
            ], as: "kubectl-create")
        workload.put(.string(service), at: "spec", "template", "spec", "serviceAccountName")
        workload.put(.string(service), at: "spec", "template", "spec", "serviceAccount")
    }

    /// As one word of a shell.
    private func quoted(_ parameter: String, _ standard: String) -> String {
        "'\(text(parameter, standard).filter { $0 != "'" && $0 != "\"" })'"
    }

    private func claim(_ workload: inout JSONValue, _ world: inout World) {
        let claim = "\(service)-data"
        _ = world.add(
            .claims,
            [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": ["name": .string(claim), "namespace": .string(namespace)],
                "spec": [
                    "storageClassName": .string(text("class", "nope")), "accessModes": ["ReadWriteOnce"],
                    "resources": ["requests": ["storage": "1Gi"]],
                ],
            ], as: "kubectl-create")
        workload.put(
            [["name": "data", "persistentVolumeClaim": ["claimName": .string(claim)]]], at: "spec", "template", "spec",
            "volumes")
    }
}

extension Dictionary where Key == String, Value == JSONValue {
    var json: JSONValue { .object(self) }
}
