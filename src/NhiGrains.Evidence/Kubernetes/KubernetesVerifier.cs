using System.Text.Json;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Reading;
using NhiGrains.Evidence.Tokens;

namespace NhiGrains.Evidence.Kubernetes;

/// <summary>The cluster verifies the token; what it is for, for how long and whose, is judged here as well.</summary>
internal sealed class KubernetesVerifier(KubernetesTrust trust, TokenReviews reviews, TimeProvider time) : IEvidenceVerifier, IDisposable
{
    private const string Accounts = "system:serviceaccount:";

    public EvidenceTrust Trust => trust;

    // Clusters often share the name of their issuer, so a token does not tell its cluster.
    public bool SaysToBeOf(PresentedEvidence presented) => true;

    public string? DigestOf(PresentedEvidence presented) => Jwt.DigestOf(presented.Value);

    public async Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation)
    {
        var read = Jwt.Read(presented.Value ?? "");
        // Before the cluster is asked: it is not there to sort out what anybody sends.
        var header = read.IsOk ? TokenHeader.Read(read.Value.Header) : read.Refusal!; // Not Ok has a refusal.
        if (header.Refusal is { } unreadable)
            return unreadable;
        var token = read.Value;
        if (!Audiences.Are(token.Claims, trust.Audiences))
            return EvidenceRefusals.Audience;
        var end = TokenTimes.Check(token.Claims, time.GetUtcNow(), trust.MaxLife, needsIssuedAt: true);
        if (end.Refusal is { } untimely)
            return untimely;
        var status = await reviews.AskAsync(token.Text, cancellation);
        return status.Refusal is { } refusal ? refusal : Judge(token, status.Value, end.Value);
    }

    public void Dispose() => reviews.Dispose();

    private Result<VerifiedEvidence> Judge(Jwt token, JsonElement status, DateTimeOffset end)
    {
        if (status.At("authenticated").ValueKind != JsonValueKind.True)
            return EvidenceRefusals.NotConfirmed;
        // An API server that knows nothing of audiences leaves them out, and has not looked at them.
        if (status.At("audiences") is not { ValueKind: JsonValueKind.Array } audiences
            || !audiences.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && trust.Audiences.Contains(one.GetString(), StringComparer.Ordinal)))
        {
            return EvidenceRefusals.Audience;
        }

        var user = status.At("user");
        if (user.Text("username") is not { Length: <= ClaimBook.Longest } name || !name.StartsWith(Accounts, StringComparison.Ordinal)
            || name[Accounts.Length..].Split(':') is not [{ Length: > 0 } space, { Length: > 0 } account])
        {
            return EvidenceRefusals.Subject;
        }

        var book = new ClaimBook(only: null);
        book.Add("namespace", space);
        book.Add("serviceaccount", account);
        book.Add("uid", user.Text("uid"));
        book.Add("pod", First(user, "pod-name"));
        book.Add("podUid", First(user, "pod-uid"));
        book.Add("node", First(user, "node-name"));
        var claims = book.Close();
        return claims.Refusal is { } refusal ? refusal : new VerifiedEvidence(trust.Kind, trust.Name, name, claims.Value, end, token.Digest);
    }

    private static string? First(JsonElement user, string what) =>
        user.At("extra", $"authentication.kubernetes.io/{what}") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()).FirstOrDefault()
            : null;
}
