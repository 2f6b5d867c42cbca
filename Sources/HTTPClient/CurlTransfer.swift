internal import CCurl
internal import FoundationEssentials

/// One exchange as curl sees it. Lives on the transport's thread and never leaves it.
final class CurlTransfer {
    let id: UInt64
    let request: HTTPRequest
    let target: TransferTarget
    let submitted: ContinuousClock.Instant
    let easy: UnsafeMutableRawPointer
    /// curl writes its explanation here.
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    var headerList: UnsafeMutablePointer<curl_slist>?
    var connectList: UnsafeMutablePointer<curl_slist>?

    /// Set when the loop hands the transfer to curl.
    var started: ContinuousClock.Instant?
    var lastActivity: ContinuousClock.Instant
    var isPaused = false
    /// The failure that the transfer decided on itself; it goes before whatever curl reports.
    var ownFailure: HTTPFailure?
    /// A connection stood and the request went out on it, so the server may have it.
    private(set) var wasSent = false
    /// The one it went out on.
    private(set) var connection: Connections.Ends?
    private(set) var head: ResponseHead
    private var body = Data()
    private var receiver: TransferReceiver?
    private let handles: HandlePool
    private let heads: ArrivedHeads
    private var uploaded: curl_off_t = 0

    init(
        id: UInt64, request: HTTPRequest, target: TransferTarget, receiver: TransferReceiver, limits: TransportLimits,
        handles: HandlePool, heads: ArrivedHeads
    ) throws(HTTPFailure) {
        guard let easy = handles.take() else {
            throw HTTPFailure(kind: .unreachable, message: "curl has no memory for a request", mayHaveBeenSent: false)
        }
        self.id = id
        self.request = request
        self.target = target
        self.receiver = receiver
        self.easy = easy
        self.handles = handles
        self.heads = heads
        submitted = .now
        lastActivity = submitted
        head = ResponseHead(maximumBytes: limits.headerBytes, maximumFields: limits.headerFields)
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        handles.giveBack(easy)
        curl_slist_free_all(headerList)
        curl_slist_free_all(connectList)
        errorText.deallocate()
    }

    /// A method that the server may be asked twice without harm.
    var isSafe: Bool { ["GET", "HEAD", "OPTIONS"].contains(request.method) }

    // MARK: - What curl reports

    /// The request is about to be written to a connection. False to stop it.
    func willSend(on connection: Connections.Ends) -> Bool {
        if wasSent && !isSafe {
            ownFailure = HTTPFailure(
                kind: .connectionReset,
                message: "the connection to \(target.peer) broke after the request was sent; "
                    + "a \(request.method) is not repeated by itself",
                mayHaveBeenSent: true)
            return false
        }
        wasSent = true
        self.connection = connection
        lastActivity = .now
        return true
    }

    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        lastActivity = .now
        switch head.take(line) {
        case .incomplete: return true
        case .tooLarge(let what):
            ownFailure = HTTPFailure(
                kind: .protocolError, message: "\(target.peer) sent \(what)", mayHaveBeenSent: true)
            return false
        case .complete: return didReceiveHead()
        }
    }

    private func didReceiveHead() -> Bool {
        if case .either(let continuation, let buffer) = receiver {
            receiver = headers.announceShortBody ? .whole(continuation) : .streamed(continuation, buffer)
        }
        switch receiver {
        case .streamed(let continuation, let buffer):
            receiver = .body(buffer)
            heads.add(continuation, HTTPResponse(status: head.status, headers: headers))
        case .whole:
            guard let length = headers["Content-Length"].flatMap({ Int($0) }), request.method != "HEAD" else { break }
            guard length <= request.maximumBodyBytes else { return refuseBody() }
            // The server's word is not worth more memory than this before the bytes are there.
            body.reserveCapacity(min(length, 1 << 20))
        case .either, .body, nil: break
        }
        return true
    }

    /// What became of a piece of the body.
    enum Reception {
        case taken, paused, refused
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Reception {
        lastActivity = .now
        switch receiver {
        case .whole:
            guard body.count + bytes.count <= request.maximumBodyBytes else {
                _ = refuseBody()
                return .refused
            }
            body.append(contentsOf: bytes)
            return .taken
        case .body(let buffer), .streamed(_, let buffer), .either(_, let buffer):
            if buffer.offer(Data(bytes)) { return .taken }
            isPaused = true
            return .paused
        case nil: return .refused
        }
    }

    private func refuseBody() -> Bool {
        body = Data()
        ownFailure = HTTPFailure(
            kind: .bodyTooLarge,
            message: "the answer of \(target.peer) is longer than \(request.maximumBodyBytes) bytes",
            mayHaveBeenSent: true)
        return false
    }

    /// Bytes that went out count as activity. curl tells their number only when asked.
    func noteUpload(at now: ContinuousClock.Instant) {
        var sent: curl_off_t = 0
        guard cortex_get_size(easy, CURLINFO_SIZE_UPLOAD_T, &sent) == CURLE_OK, sent != uploaded else { return }
        uploaded = sent
        lastActivity = now
    }

    // MARK: - The end

    /// Tells whoever waits; exactly once, later calls change nothing.
    func finish(_ failure: HTTPFailure?) {
        let waiting = receiver
        receiver = nil
        switch waiting {
        case .whole(let continuation), .streamed(let continuation, _), .either(let continuation, _):
            if let failure {
                continuation.resume(returning: .failure(failure))
            } else {
                continuation.resume(
                    returning: .success(HTTPResponse(status: head.status, headers: headers, body: body)))
            }
            switch waiting {
            case .streamed(_, let buffer), .either(_, let buffer): buffer.finish(failure)
            default: break
            }
        case .body(let buffer): buffer.finish(failure)
        case nil: break
        }
    }

    private var headers: HTTPHeaders { HTTPHeaders(head.fields) }
}
