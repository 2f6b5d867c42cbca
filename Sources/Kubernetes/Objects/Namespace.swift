/// A namespace.
public struct Namespace: KubernetesObject {
    public static var resource: Resource { .namespaces }

    public var metadata: ObjectMeta
}
