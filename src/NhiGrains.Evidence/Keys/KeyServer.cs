using System.Net;
using NhiGrains.Domain;
using NhiGrains.Evidence.Certificates;

namespace NhiGrains.Evidence.Keys;

/// <summary>
/// Gets and posts small documents: within a time, up to a size, and from the address that was configured, wherever its answer
/// would like to send us.
/// </summary>
internal sealed class KeyServer : IDisposable
{
    public const int LargestAnswer = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;

    /// <param name="caFile">PEM file of those whom the server's certificate has to be of; null: those of the operating system.</param>
    /// <exception cref="ArgumentException">The file cannot be used.</exception>
    public KeyServer(string trust, string? caFile)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (caFile is not null)
            handler.SslOptions.CertificateChainPolicy = Authorities.Policy(Authorities.Load(trust, caFile));
        _http = new(handler) { Timeout = Patience, MaxResponseContentBufferSize = LargestAnswer };
    }

    public Task<Result<byte[]>> GetAsync(Uri address, CancellationToken cancellation) => SendAsync(new(HttpMethod.Get, address), cancellation);

    /// <returns>The body of a 200 or 201. A refusal tells what went wrong for the log, and nothing that was sent or answered.</returns>
    public async Task<Result<byte[]>> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using (request)
            {
                using var answer = await _http.SendAsync(request, cancellation);
                return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created
                    ? await answer.Content.ReadAsByteArrayAsync(cancellation)
                    : Failed($"it answered {(int)answer.StatusCode}{((int)answer.StatusCode is >= 300 and < 400 ? ", and is not followed elsewhere" : "")}");
            }
        }
        catch (HttpRequestException fault)
        {
            return Failed(fault.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? $"it answered more than {LargestAnswer} bytes" : $"{fault.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed($"it did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _http.Dispose();

    public static Refusal Failed(string why) => EvidenceRefusals.Unchecked with { Message = why };
}
