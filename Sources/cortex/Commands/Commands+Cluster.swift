import Configuration

extension Commands {
    static let cluster = CommandSpec(
        "cluster", summary: "Serve a simulated cluster as a Kubernetes API, for kubectl and for Cortex itself.",
        discussion: """
            Nothing of it is kept: the cluster ends with the program.
              cortex cluster --kubeconfig-out /tmp/cluster.kubeconfig &
              kubectl --kubeconfig /tmp/cluster.kubeconfig get pods -A
            Its administrator, who is whoever comes without a token, restarts its API server by
            POST /simulation/restart, lets a pod hang by POST /simulation/hang/NAMESPACE/POD, and brings about a fault
            of the catalogue by
            POST /simulation/fault/FAULT/NAMESPACE/WORKLOAD, with a JSON object of parameters or no body.
            """,
        options: [
            .init("--listen", value: "ADDRESS:PORT", help: "default 127.0.0.1:6440; port 0 lets the system choose"),
            .init("--kubeconfig-out", value: "FILE", help: "where the kubeconfig is written"),
            .init("--services", value: "N", help: "so many alike services instead of four tool servers"),
            .init("--replicas", value: "R", help: "replicas of each of them (default 2)"),
            .init(
                "--images", value: "FILE",
                help: "more images for its registry: a JSON object of name to what the program does"),
            .init("--max-restart-period", value: "SECONDS", help: "the longest back-off of a crash loop (default 300)"),
            .init("--audit-log", value: "FILE", help: "where each request is appended, as audit.k8s.io/v1"),
            .init("--speed", value: "N", help: "seconds of the cluster in a real second (default 1)"),
        ])
}
