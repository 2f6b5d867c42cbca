import Configuration

extension Commands {
    static let cluster = CommandSpec(
        "cluster", summary: "Serve a simulated cluster as a Kubernetes API, for kubectl and for Cortex itself.",
        discussion: """
            Nothing of it is kept: the cluster ends with the program.
              cortex cluster --kubeconfig-out /tmp/cluster.kubeconfig &
              kubectl --kubeconfig /tmp/cluster.kubeconfig get pods -A
            """,
        options: [
            .init("--listen", value: "ADDRESS:PORT", help: "default 127.0.0.1:6440; port 0 lets the system choose"),
            .init("--kubeconfig-out", value: "FILE", help: "where the kubeconfig is written"),
            .init("--services", value: "N", help: "so many alike services instead of four tool servers"),
            .init("--replicas", value: "R", help: "replicas of each of them (default 2)"),
            .init("--speed", value: "N", help: "seconds of the cluster in a real second (default 1)"),
        ])
}
