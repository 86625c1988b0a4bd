using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NhiGrains.Host.Settings;

/// <summary>The address that a silo tells the others: a concrete one, since they have to reach it.</summary>
internal static class SiloAddress
{
    private const int UsualPort = 11111;

    /// <param name="text"><c>host</c> or <c>host:port</c>; null for loopback on a free port.</param>
    /// <exception cref="SetupException">It is no such thing, or the name has no address.</exception>
    public static IPEndPoint Parse(string? text)
    {
        if (text is null)
            return new(IPAddress.Loopback, FreePort());
        var (host, port) = text.Split(':') switch
        {
            [var name] => (name, UsualPort),
            [var name, var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed is > 0 and <= IPEndPoint.MaxPort => (name, parsed),
            _ => throw new SetupException($"'{text}' is no address for a silo; write it as HOST or HOST:PORT."),
        };
        var address = IPAddress.TryParse(host, out var literal) ? literal : Resolve(host);
        return address.Equals(IPAddress.Any)
            ? throw new SetupException("A silo needs an address that others can reach, not 0.0.0.0.")
            : new(address, port);
    }

    private static IPAddress Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host, AddressFamily.InterNetwork).FirstOrDefault()
                ?? throw new SetupException($"'{host}' has no IPv4 address.");
        }
        catch (SocketException fault)
        {
            throw new SetupException($"'{host}' has no address: {fault.Message}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
