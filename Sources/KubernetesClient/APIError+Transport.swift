internal import FoundationEssentials
internal import HTTPClient
internal import Kubernetes

extension APIError {
    /// What a failed exchange means for the request it carried.
    init(_ failure: HTTPFailure, for request: APIRequest) {
        switch failure.kind {
        case .cancelled where !failure.mayHaveBeenSent || !request.verb.isWrite: self = .cancelled
        case .bodyTooLarge: self = .invalidResponse(failure.message)
        default: self = failure.mayHaveBeenSent ? .unknown(failure.message) : .unreachable(failure.message)
        }
    }
}

extension RetryPolicy.Failure {
    init(_ failure: HTTPFailure, for request: APIRequest) {
        self.init(
            APIError(failure, for: request), isLikelyPermanent: failure.kind == .tls || failure.kind == .invalidURL)
    }

    init(_ response: HTTPResponse) {
        let error = APIError.status(APIStatus(httpStatus: response.status, body: response.body))
        let seconds = response.headers["Retry-After"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        // Beyond a day nothing waits anyway; the cut keeps the arithmetic small.
        self.init(error, retryAfter: seconds.map { .seconds(min($0, 86_400)) })
    }
}
