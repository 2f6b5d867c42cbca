extension Pod {
    /// A container's memory limit in bytes; nil for none.
    public func memoryLimit(of container: String) -> Double? {
        spec.containers.first { $0.name == container }?.resources?.limits?["memory"].flatMap { Quantity($0)?.value }
    }
}
