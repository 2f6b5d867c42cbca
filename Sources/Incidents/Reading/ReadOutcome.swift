import Diagnosis
import Kubernetes

/// What became of one read.
enum ReadOutcome<Object: Sendable>: Sendable {
    case items([Object])
    /// The server says no: what could not be seen must not be taken for absent.
    case refused(UnreadResource)
    /// The server does not serve this kind, or the object is not there.
    case absent
    /// Nobody knows.
    case unanswered(APIError)

    init(_ error: APIError, verb: String, _ resource: Resource, _ namespace: String?) {
        if error.isNotFound {
            self = .absent
        } else if error.isForbidden {
            let name = resource.group.isEmpty ? resource.plural : "\(resource.group)/\(resource.plural)"
            self = .refused(
                UnreadResource(
                    verb: verb, resource: name, namespace: namespace, isForbidden: true, message: "\(error)"))
        } else {
            self = .unanswered(error)
        }
    }
}
