using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Reading;
using NhiGrains.Evidence.Tokens;

namespace NhiGrains.Evidence.Spiffe;

/// <summary>As the standard for JWT-SVIDs says: three members of a header and no others, an audience, an end, a SPIFFE ID as subject.</summary>
internal sealed class SpiffeVerifier(SpiffeTrust trust, KeyCache keys, TimeProvider time) : IEvidenceVerifier, IDisposable
{
    private static readonly string[] HeaderMembers = ["alg", "kid", "typ"];

    public EvidenceTrust Trust => trust;

    public bool SaysToBeOf(PresentedEvidence presented) =>
        presented.Value is { } text && Jwt.Read(text) is { IsOk: true } token && SpiffeId.Parse(token.Value.Subject)?.TrustDomain == trust.TrustDomain;

    public string? DigestOf(PresentedEvidence presented) => Jwt.DigestOf(presented.Value);

    public async Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation)
    {
        var read = Jwt.Read(presented.Value ?? "");
        var header = read.IsOk ? TokenHeader.Read(read.Value.Header) : read.Refusal!; // Not Ok has a refusal.
        if (header.Refusal is { } unreadable)
            return unreadable;
        var token = read.Value;
        if (token.Header.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !HeaderMembers.Contains(name, StringComparer.Ordinal)) is { } other)
            return EvidenceRefusals.Header(other.Length <= 20 && other.All(char.IsAsciiLetterOrDigit) ? other : "an unknown member");
        if (token.Header.TryGetProperty("typ", out _) && token.Header.Text("typ") is not ("JWT" or "JOSE"))
            return EvidenceRefusals.Malformed("'typ' is JWT or JOSE");
        // The standard's list has none of these.
        if (TokenHeader.Edwards.Contains(header.Value.Algorithm, StringComparer.Ordinal))
            return EvidenceRefusals.Algorithm;
        if (SpiffeId.Parse(token.Subject) is not { } id)
            return EvidenceRefusals.Subject;
        if (id.TrustDomain != trust.TrustDomain)
            return EvidenceRefusals.IssuerRefused;
        if (await SignedToken.CheckAsync(token, header.Value, keys, needsKeyId: false, cancellation) is { } unsigned)
            return unsigned;
        return Judge(token, id);
    }

    public void Dispose() => keys.Dispose();

    private Result<VerifiedEvidence> Judge(Jwt token, SpiffeId id)
    {
        if (!Audiences.Are(token.Claims, trust.Audiences))
            return EvidenceRefusals.Audience;
        var end = TokenTimes.Check(token.Claims, time.GetUtcNow(), trust.MaxLife, needsIssuedAt: false);
        if (end.Refusal is { } untimely)
            return untimely;
        var book = new ClaimBook(only: null);
        book.Add("spiffeId", id.Text);
        book.Add("trustDomain", id.TrustDomain);
        var claims = book.Close();
        return claims.Refusal is { } refusal ? refusal : new VerifiedEvidence(trust.Kind, trust.Name, id.Text, claims.Value, end.Value, token.Digest);
    }
}
