# The gate as an image, for other systems than GitHub's runners and for `previewgate check`. The GitHub Action does not
# use it: a container would cost each run more time than the gate itself.
FROM golang:1.26.8 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOWORK=off go build -trimpath -ldflags='-s -w' -o /out/previewgate ./cmd/previewgate

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/previewgate /usr/local/bin/previewgate
ENV PATH=/usr/local/bin
USER 65532:65532
ENTRYPOINT ["previewgate"]
