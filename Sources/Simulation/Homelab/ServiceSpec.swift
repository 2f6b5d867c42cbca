import JSON
public import Kubernetes

/// A service of a simulated cluster: a workload with its image, and the Service in front of it.
public struct ServiceSpec: Hashable, Sendable {
    public enum Workload: String, Hashable, Sendable {
        case deployment = "Deployment"
        case statefulSet = "StatefulSet"
        case daemonSet = "DaemonSet"
    }

    public var name: String
    public var namespace: String
    public var workload: Workload
    public var replicas: Int
    public var image: String
    public var port: Int
    public var portName: String
    /// What the image runs.
    public var program: Program
    public var memoryLimit: String

    public init(
        _ name: String, namespace: String = "cortex-system", workload: Workload = .deployment, replicas: Int = 2,
        image: String? = nil, port: Int = 3000, portName: String = "http", program: Program,
        memoryLimit: String = "192Mi"
    ) {
        self.name = name
        self.namespace = namespace
        self.workload = workload
        self.replicas = replicas
        self.image = image ?? "\(name):1"
        self.port = port
        self.portName = portName
        self.program = program
        self.memoryLimit = memoryLimit
    }

    public var resource: Resource {
        switch workload {
        case .deployment: .deployments
        case .statefulSet: .statefulSets
        case .daemonSet: .daemonSets
        }
    }

    var labels: JSONValue { ["app": .string(name)] }

    /// As a person would write it, with the API's defaults filled in.
    var object: JSONValue {
        var spec: JSONValue = [
            "selector": ["matchLabels": labels], "template": template, "revisionHistoryLimit": 10,
        ]
        switch workload {
        case .deployment:
            spec["replicas"] = .integer(replicas)
            spec["progressDeadlineSeconds"] = 60
            // A bad revision takes the service down at once, so that requests need the healing.
            spec["strategy"] = [
                "type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": "100%", "maxSurge": 0],
            ]
        case .statefulSet:
            spec["replicas"] = .integer(replicas)
            spec["serviceName"] = .string(name)
            spec["podManagementPolicy"] = "OrderedReady"
            spec["updateStrategy"] = ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]]
        case .daemonSet:
            spec["updateStrategy"] = [
                "type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 1, "maxSurge": 0],
            ]
        }
        return [
            "apiVersion": "apps/v1", "kind": .string(workload.rawValue),
            "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels], "spec": spec,
        ]
    }

    private var template: JSONValue {
        let probe: JSONValue = [
            "httpGet": ["path": "/health", "port": .string(portName), "scheme": "HTTP"], "periodSeconds": 1,
            "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3,
        ]
        let container: JSONValue = [
            "name": .string(name), "image": .string(image), "imagePullPolicy": "IfNotPresent",
            "ports": [["containerPort": .integer(port), "name": .string(portName), "protocol": "TCP"]],
            "readinessProbe": probe, "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
            "resources": ["requests": ["cpu": "20m", "memory": "32Mi"], "limits": ["memory": .string(memoryLimit)]],
        ]
        return [
            "metadata": ["labels": labels],
            "spec": [
                "containers": [container], "terminationGracePeriodSeconds": 2, "restartPolicy": "Always",
                "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "securityContext": [:],
            ],
        ]
    }

    /// - Parameter address: its cluster IP.
    func service(address: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels],
            "spec": [
                "type": "ClusterIP", "clusterIP": .string(address), "clusterIPs": [.string(address)],
                "selector": labels, "sessionAffinity": "None",
                "ports": [
                    [
                        "name": .string(portName), "port": .integer(port), "targetPort": .string(portName),
                        "protocol": "TCP",
                    ]
                ],
            ],
        ]
    }
}
