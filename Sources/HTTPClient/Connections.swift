internal import CCurl
internal import Glibc

/// The sockets that curl has open; it does not tell which of them a transfer uses.
final class Connections {
    /// The two ends of a connection, which tell it from every other.
    struct Ends: Hashable {
        let local: String
        let localPort: Int32
        let remote: String
        let remotePort: Int32
    }

    private var descriptors: Set<Int32> = []
    private let didOpen: () -> Void

    init(didOpen: @escaping () -> Void) { self.didOpen = didOpen }

    /// Has curl open and close its sockets here. This object must outlive the connection, not only the transfer.
    func watch(_ easy: UnsafeMutableRawPointer) {
        _ = cortex_set_socket_callbacks(
            easy,
            { context, _, address in
                guard let address, let connections = Connections.from(context) else { return -1 }
                let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
                let descriptor = socket(address.pointee.family, kind, address.pointee.protocol)
                guard descriptor >= 0 else { return -1 }
                connections.descriptors.insert(descriptor)
                connections.didOpen()
                return descriptor
            },
            { context, descriptor in
                Connections.from(context)?.descriptors.remove(descriptor)
                return close(descriptor)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Connections? {
        context.map { Unmanaged<Connections>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Ends the connection under curl, which then fails whatever uses it and forgets it.
    func sever(_ ends: Ends) {
        for descriptor in descriptors
        where Self.port(of: descriptor, getsockname) == ends.localPort
            && Self.port(of: descriptor, getpeername) == ends.remotePort
        {
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }

    private typealias NameCall = (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    private static func port(of descriptor: Int32, _ name: NameCall) -> Int32? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let result = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &length) }
            guard result == 0 else { return nil }
            // The port is at the same place in the addresses of IPv4 and IPv6.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int32(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }
}
