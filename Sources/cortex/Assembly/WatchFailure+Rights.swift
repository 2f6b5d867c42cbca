import Healing
import Kubernetes

extension WatchFailure {
    /// The right whose absence it is; nil for any other failure.
    func missingRule(_ resource: Resource, in namespace: String?) -> MissingRule? {
        let verb: APIRequest.Verb
        switch self {
        case .listFailed(let error) where error.isForbidden: verb = .list
        case .watchStartFailed(let error) where error.isForbidden: verb = .watch
        case .listFailed, .listExpired, .watchStartFailed, .watchBroken, .watchRefused, .watchExpired, .watchTooShort:
            return nil
        }
        return MissingRule(APIRequest(verb, resource, namespace: namespace))
    }
}
