/// What the kubelet asks of the rest of the cluster while it runs a pod.
protocol PodSurroundings {
    var images: ImageCatalogue { get }
    /// Nil when the object and its key are there, else the kubelet's own words.
    func lack(of need: ContainerPlan.Need, namespace: String) -> String?
    /// Nil when the dependency can be reached, else what a program would write about it.
    func obstacle(to dependency: Program.Dependency, from namespace: String) -> String?
}
