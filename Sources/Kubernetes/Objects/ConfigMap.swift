/// That a ConfigMap is there, and who wrote which of its keys when. Its values are neither asked for nor kept: people
/// put passwords there.
public struct ConfigMap: KubernetesObject {
    public static var resource: Resource { .configMaps }
    public static var isKnownByMetadata: Bool { true }

    public var metadata: ObjectMeta
}
