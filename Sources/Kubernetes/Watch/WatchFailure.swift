/// What went wrong in a watch, by the step at which it did. The watch goes on by itself in every case.
public enum WatchFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No page of the list could be read.
    case listFailed(APIError)
    /// The list was read in part, and its continue token expired.
    case listExpired
    /// The watch was refused or could not be opened.
    case watchStartFailed(APIError)
    /// The open watch broke off.
    case watchBroken(APIError)
    /// The server sent an ERROR event.
    case watchRefused(APIStatus)
    /// The resourceVersion is too old (410): everything is listed again.
    case watchExpired
    /// The server ended the watch within a second and without an event.
    case watchTooShort

    public var description: String {
        switch self {
        case .listFailed(let error): "list: \(error)"
        case .listExpired: "list: it took longer than the server keeps its pages; starting over"
        case .watchStartFailed(let error): "start of the watch: \(error)"
        case .watchBroken(let error): "watch: \(error)"
        case .watchRefused(let status): "watch: the server reported \(status.message ?? status.reason ?? "an error")"
        case .watchExpired: "watch: the resourceVersion is too old; listing again"
        case .watchTooShort: "watch: the server ended it at once and without an event"
        }
    }
}
