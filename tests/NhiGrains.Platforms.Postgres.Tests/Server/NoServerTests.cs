using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

/// <summary>Something else than a PostgreSQL, or half of one, answers at its address.</summary>
public class NoServerTests(Cluster cluster) : PostgresTests(cluster)
{
    public static TheoryData<string, byte[]> Answers => new()
    {
        { "nothing", [] },
        { "the first byte of a message", "R"u8.ToArray() },
        { "a message that is cut off", [(byte)'R', 0, 0, 0, 23, 0, 0, 0, 10, (byte)'S'] },
        { "a message of two gigabytes", [(byte)'R', 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3] },
        { "a message that is shorter than itself", [(byte)'R', 0, 0, 0, 1] },
        { "a way to log in that does not exist", [(byte)'R', 0, 0, 0, 8, 0, 0, 0, 99] },
        { "the wrong message", [(byte)'Z', 0, 0, 0, 5, (byte)'I'] },
        { "a web server", Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>token=hunter2</html>") },
    };

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public async Task What_answers_by_no_protocol_or_half_is_unavailable_for_reads_and_writes(string what, byte[] answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var answering = AnswerAsync(listener, answer, over.Token);
        var (services, connector) = PostgresTarget.ConnectorFor(((IPEndPoint)listener.LocalEndpoint).Port);
        await using var _ = services;

        var failures = new[]
        {
            await Assert.ThrowsAsync<PlatformException>(() => connector.ObserveAsync(Target.Binding, Target.IdentityId, Cancellation)),
            await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2), connector)),
        };

        Assert.All(failures, failure => Assert.True(failure.Error == PlatformError.Unavailable, $"{what}: {failure}"));
        Assert.All(failures, failure => Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal));
        await over.CancelAsync();
        await answering;
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answer, CancellationToken over)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(over);
                await using var stream = client.GetStream();
                var asked = new byte[1024];
                while (await stream.ReadAsync(asked, over) is var length and > 0)
                {
                    // A client asks first whether it may encrypt.
                    if (length == 8)
                    {
                        await stream.WriteAsync("N"u8.ToArray(), over);
                        continue;
                    }

                    await stream.WriteAsync(answer, over);
                    break;
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The test is over, or the client left first.
        }
    }
}
