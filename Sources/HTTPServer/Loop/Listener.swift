internal import CLinux
internal import Glibc

/// The listening socket.
struct Listener {
    enum Accepted {
        case connection(descriptor: Int32, address: String)
        case nothing
        /// No descriptors or no memory: try again later.
        case exhausted
    }

    let descriptor: Int32
    let port: Int
    /// Takes the place of accept's result in tests; nil in the product.
    var fault: (@Sendable () -> Bool)?

    /// - Parameters:
    ///   - address: an IPv4 or IPv6 address, or a name; `::` takes both families.
    ///   - port: 0 lets the system choose.
    init(address: String, port: Int) throws(ListenFailure) {
        let place = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        guard (0...65535).contains(port) else {
            throw ListenFailure(
                reason: .unknownAddress, message: "Cannot listen on \(place): a port is a number from 0 to 65535.")
        }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        defer { if let found { freeaddrinfo(found) } }
        guard !address.isEmpty, getaddrinfo(address, String(port), &hints, &found) == 0, let found else {
            throw ListenFailure(
                reason: .unknownAddress,
                message: "Cannot listen on \(place): no such address; use 127.0.0.1, 0.0.0.0 or ::.")
        }
        descriptor = try Self.bound(found.pointee, place: place)
        self.port = Self.port(of: descriptor)
    }

    private static func bound(_ info: addrinfo, place: String) throws(ListenFailure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(info.ai_family, kind, 0)
        guard socket >= 0 else { throw ListenFailure.listening(place, errno) }
        set(socket, SOL_SOCKET, SO_REUSEADDR, 1)
        // Accepted sockets inherit it. An event waits for nobody.
        set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if info.ai_family == AF_INET6 { set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        guard bind(socket, info.ai_addr, info.ai_addrlen) == 0, listen(socket, 4096) == 0 else {
            let error = errno
            Glibc.close(socket)
            throw ListenFailure.listening(place, error)
        }
        return socket
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func port(of socket: Int32) -> Int {
        let (_, storage) = withStorage { getsockname(socket, $0, $1) }
        // The port stands at the same place in both families.
        return withUnsafeBytes(of: storage) { Int($0[2]) << 8 | Int($0[3]) }
    }

    func accept() -> Accepted {
        if fault?() == true { return .exhausted }
        while true {
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let (socket, storage) = Self.withStorage { cortex_accept4(descriptor, $0, $1, flags) }
            if socket >= 0 { return .connection(descriptor: socket, address: Self.text(of: storage)) }
            switch errno {
            // The client left while it was waiting, or a signal came: there may be another.
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .nothing
            }
        }
    }

    private static func withStorage(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (Int32, sockaddr_storage) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        return (result, storage)
    }

    /// The address without its port; an IPv4 client of an IPv6 socket by its IPv4 address.
    private static func text(of storage: sockaddr_storage) -> String {
        let isVersion6 = Int32(storage.ss_family) == AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        withUnsafeBytes(of: storage) { bytes in
            let address = bytes.baseAddress.map { $0 + (isVersion6 ? 8 : 4) }
            inet_ntop(Int32(storage.ss_family), address, &text, socklen_t(text.count))
        }
        let address = text.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
        return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }

    func close() { Glibc.close(descriptor) }
}

extension ListenFailure {
    static func listening(_ place: String, _ error: Int32) -> ListenFailure {
        let start = "Cannot listen on \(place): "
        switch error {
        case EADDRINUSE:
            return ListenFailure(
                reason: .portInUse,
                message: start + "another program uses the port; end it (ss -ltnp shows it) or choose another port.")
        case EACCES, EPERM:
            return ListenFailure(
                reason: .notPermitted,
                message: start + "not permitted; ports below 1024 need CAP_NET_BIND_SERVICE, others need none.")
        case EADDRNOTAVAIL, EAFNOSUPPORT:
            return ListenFailure(
                reason: .unknownAddress,
                message: start + "this machine does not have the address; use 127.0.0.1, 0.0.0.0 or ::.")
        default:
            return ListenFailure(reason: .system(error), message: start + String(cString: strerror(error)) + ".")
        }
    }

    static func system(_ step: String, _ error: Int32) -> ListenFailure {
        ListenFailure(
            reason: .system(error),
            message: "Cannot start the server: \(step): \(String(cString: strerror(error))); raise ulimit -n.")
    }
}
