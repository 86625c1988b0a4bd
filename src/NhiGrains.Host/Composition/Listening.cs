using System.Net;
using System.Net.Sockets;

namespace NhiGrains.Host.Composition;

internal static class Listening
{
    /// <summary>
    /// Looks before the store is opened and a silo joins, since a server that cannot listen would join only to leave. Somebody
    /// could still take the port in between; then the start fails later, and less politely.
    /// </summary>
    /// <exception cref="SetupException">Another program listens there.</exception>
    public static void EnsureFree(IEnumerable<Uri> urls)
    {
        foreach (var url in urls.Where(url => url.Port != 0))
        {
            // A name means all its addresses to the web server; loopback stands for them here.
            var address = IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal) ? literal : IPAddress.Loopback;
            try
            {
                using var listener = new TcpListener(address, url.Port);
                listener.Start();
            }
            catch (SocketException fault)
            {
                throw new SetupException($"The server cannot listen on {url}: {fault.Message}. Choose another address with --urls.");
            }
        }
    }
}
