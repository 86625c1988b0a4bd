using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Kubernetes;

/// <summary>Asks a cluster what it knows of a token (<c>authentication.k8s.io/v1</c>, TokenReview).</summary>
internal sealed class TokenReviews(KubernetesTrust trust, KeyServer server, ILogger<TokenReviews> logger) : IDisposable
{
    private readonly Uri _address = new($"{trust.Api.AbsoluteUri.TrimEnd('/')}/apis/authentication.k8s.io/v1/tokenreviews");

    /// <returns>The review's status, or that it cannot be had now.</returns>
    public async Task<Result<JsonElement>> AskAsync(string token, CancellationToken cancellation)
    {
        var answer = await SendAsync(token, cancellation);
        var review = answer.Refusal is { } lost ? lost : StrictJson.Object(answer.Value);
        if (review.IsOk && review.Value.At("status") is { ValueKind: JsonValueKind.Object } status)
            return status;
        logger.LogWarning("The cluster of the trust {Trust} does not review tokens: {Why}", trust.Name, review.Refusal?.Message ?? "its answer has no status");
        return EvidenceRefusals.Unchecked;
    }

    public void Dispose() => server.Dispose();

    private async Task<Result<byte[]>> SendAsync(string token, CancellationToken cancellation)
    {
        string credential;
        try
        {
            credential = (await File.ReadAllTextAsync(trust.CredentialFile, cancellation)).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return KeyServer.Failed("the file with our own token cannot be read");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = JsonContent.Create(new { apiVersion = "authentication.k8s.io/v1", kind = "TokenReview", spec = new { token, audiences = trust.Audiences } }),
        };
        if (!AuthenticationHeaderValue.TryParse($"Bearer {credential}", out var header))
            return KeyServer.Failed("the file with our own token does not hold one");
        request.Headers.Authorization = header;
        return await server.SendAsync(request, cancellation);
    }
}
