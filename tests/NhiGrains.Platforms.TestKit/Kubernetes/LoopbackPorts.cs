using System.Net;
using System.Net.Sockets;

namespace NhiGrains.Platforms.TestKit.Kubernetes;

/// <summary>Ports for programs that a test starts.</summary>
public static class LoopbackPorts
{
    /// <summary>Different free ports: all are held at once before any is given up.</summary>
    public static int[] Free(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in listeners)
                listener.Start();
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }
}
