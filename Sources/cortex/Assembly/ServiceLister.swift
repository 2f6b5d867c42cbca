import Kubernetes

/// The Services of the healed namespaces, asked for when they are needed: for commands that live only for a moment.
actor ServiceLister {
    private let api: any ClusterAPI
    private let namespaces: [String]
    private var listed: (services: [Service], at: ContinuousClock.Instant)?

    init(api: any ClusterAPI, namespaces: [String]) {
        self.api = api
        self.namespaces = namespaces
    }

    /// Nil when the API server does not say.
    func services() async -> [Service]? {
        if let listed, ContinuousClock.now - listed.at < .seconds(1) { return listed.services }
        var services: [Service] = []
        for namespace in namespaces {
            do throws(APIError) {
                services += try await api.list(Service.self, namespace: namespace).items
            } catch {
                return nil
            }
        }
        listed = (services, .now)
        return services
    }
}
