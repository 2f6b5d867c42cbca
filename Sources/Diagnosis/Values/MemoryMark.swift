/// How Cortex remembers, on the workload itself, that it has raised a memory limit: a restart does not forget it, and
/// whoever looks at the object sees it.
public enum MemoryMark {
    public static let annotation = "cortex.io/memory-raised"
}
